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
        ServicesToken = launch.ServicesToken?.Reveal(),
        Hold = launch.Hold,
        Usage = launch.Usage,
        Tracing = launch.Tracing,
        Reporting = launch.Reporting,
        AsksForWorkspace = launch is { SendsWorkspace: true, Requests: not null, BoundWorkspace: null },
        OwnCheckout = launch.OwnCheckout,
        ExtraCertificates = launch.Network?.Certificates,

        // Services are beside the job, whatever leads to the outside; so are servers of our own.
        Proxy = launch.Network?.Proxy?.Without([.. launch.Containers.Services.Select(service => service.Name), .. OwnServers(launch)]),
        Times = new LaunchTimes { MessageSeen = launch.MessageSeen, PodCreated = created },
    };

    private static IEnumerable<string> OwnServers(JobLaunch launch) => launch is { ServicesToken: not null, Services: { } services }
        ? new[] { services.Results, services.Cache }.OfType<Uri>().Select(server => server.DnsSafeHost)
        : [];
}
