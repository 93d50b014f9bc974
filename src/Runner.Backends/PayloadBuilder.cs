using Runner.Jobs.Launch;

namespace Runner.Backends;

/// <summary>Makes the worker's payload from a launch. Pure.</summary>
public static class PayloadBuilder
{
    /// <summary>The payload of a launch whose folders and moment of creation the backend knows.</summary>
    public static LaunchPayload Build(JobLaunch launch, WorkPaths paths, DateTimeOffset created) => new()
    {
        Job = launch.Job,
        Runner = launch.Runner,
        Paths = paths,
        Services = launch.Services,
        Tracing = launch.Tracing,
        Reporting = launch.Reporting,
        AsksForWorkspace = launch is { SendsWorkspace: true, Requests: not null, BoundWorkspace: null },
        ExtraCertificates = launch.Network?.Certificates,

        // Services are beside the job, whatever leads to the outside.
        Proxy = launch.Network?.Proxy?.Without(launch.Containers.Services.Select(service => service.Name)),
        Times = new LaunchTimes { MessageSeen = launch.MessageSeen, PodCreated = created },
    };
}
