using Docker.DotNet.Models;
using Runner.Jobs.Containers;

namespace Runner.Backends.Docker;

/// <summary>Makes the requests that create a job's containers. Pure.</summary>
internal sealed class DockerSpecBuilder(JobLaunch launch, string image, DockerOptions options, IReadOnlyDictionary<string, string> labels)
{
    private const string HostName = "host.docker.internal:host-gateway";

    private readonly List<string> _warnings = [];

    /// <summary>Options that have no effect, a line each; complete once all requests are made.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Name of the job's container, and beginning of the names of everything else.</summary>
    public string Name { get; } = NameOf(launch);

    /// <summary>The container of the job: the worker is its first process and reads the payload from its standard input.</summary>
    /// <remarks>
    /// The variables of <c>container.env</c> are in the payload: whoever may ask the engine could read them here.
    /// </remarks>
    public CreateContainerParameters Job(string? network)
    {
        var container = launch.Containers.Job ?? new JobContainer { Image = image };
        var request = Common(container, "container", network, aliases: [], binds: [$"{options.ToolCacheVolume}:{DockerPaths.Work(hasExternals: false).ToolCache}"]);
        request.Name = Name;
        request.Entrypoint = [DockerPaths.Worker];
        request.Cmd = ["job", "--payload", "-"];
        request.WorkingDir = container.Options.Find("--workdir") ?? DockerPaths.Work(hasExternals: false).Workspace;
        request.OpenStdin = true;
        request.StdinOnce = true;
        request.AttachStdin = true;
        request.Volumes = DockerPaths.Volumes.ToDictionary(path => path, _ => default(EmptyStruct));
        return request;
    }

    /// <summary>The container of a service.</summary>
    public CreateContainerParameters Service(ServiceContainer service, string network)
    {
        var container = service.Container;
        string[] aliases = [service.Name, .. container.Options.Values("--network-alias")];
        var request = Common(container, $"services.{service.Name}", network, aliases, binds: []);
        request.Name = $"{Name}-{SafeName(service.Name)}";
        request.Env = [.. container.Environment.Select(variable => $"{variable.Key}={variable.Value}"), .. request.Env, "GITHUB_ACTIONS=true", "CI=true"];
        if (container.Entrypoint is { } entrypoint)
        {
            request.Entrypoint = [entrypoint];
        }

        if (!container.Command.IsEmpty)
        {
            request.Cmd = [.. container.Command];
        }

        return request;
    }

    private CreateContainerParameters Common(JobContainer container, string where, string? network, string[] aliases, string[] binds)
    {
        var request = new CreateContainerParameters
        {
            Image = container.Image,
            Labels = new Dictionary<string, string>(labels),
            Env = [],
            HostConfig = new HostConfig
            {
                NetworkMode = network ?? "default",
                ExtraHosts = [HostName],
                Binds = [.. binds, .. container.Volumes.Where(volume => volume.Source is not null).Select(volume => volume.ToString())],
                Mounts = [.. container.Volumes.Where(volume => volume.Source is null).Select(volume => new Mount { Type = "volume", Target = volume.Target, ReadOnly = volume.IsReadOnly })],
            },
        };
        if (network is not null)
        {
            request.NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings> { [network] = new EndpointSettings { Aliases = aliases } },
            };
        }

        new DockerOptionMapping(request, $"{where}.options", _warnings).Apply(container.Options);
        return request;
    }

    private static string NameOf(JobLaunch launch) => launch.Attempt == 0 ? $"runner-{launch.JobId}" : $"runner-{launch.JobId}-{launch.Attempt}";

    private static string SafeName(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' ? letter : '-'));
}
