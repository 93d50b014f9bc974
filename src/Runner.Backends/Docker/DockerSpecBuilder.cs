using System.Collections.Immutable;
using Docker.DotNet.Models;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Secret = Runner.Jobs.Secrets.Secret;

namespace Runner.Backends.Docker;

/// <summary>Makes the requests that create a job's containers. Pure.</summary>
internal sealed class DockerSpecBuilder(
    JobLaunch launch, string image, DockerOptions options, IReadOnlyDictionary<string, string> labels, DateTimeOffset created, Secret outcomeKey)
{
    private const string JobKey = "container";
    private const string HostName = "host.docker.internal:host-gateway";

    private readonly List<string> _warnings = [];

    /// <summary>Options that have no effect, a line each; complete once all requests are made.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Ports of services that are reached at <c>localhost</c>.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">Two services are mapped to one port.</exception>
    public ImmutableArray<PortForward> Forwards
    {
        get => field.IsDefault ? field = ServicePorts.Forwards(launch.Containers.Services, _warnings) : field;
    }

    /// <summary>Name of the job's container, and beginning of the names of everything else.</summary>
    public string Name { get; } = NameOf(launch);

    /// <summary>The container of the job: the worker is its first process and reads the payload from its standard input.</summary>
    /// <remarks>
    /// The variables of <c>container.env</c> are in the payload: whoever may ask the engine could read them here.
    /// </remarks>
    /// <param name="network">Network that it joins, or <c>null</c>: the one of the settings.</param>
    /// <param name="externals">Volume with Node.js, or <c>null</c>: none is mounted.</param>
    public CreateContainerParameters Job(string? network, string? externals)
    {
        var container = launch.Containers.Job ?? new JobContainer { Image = image };
        if (!container.Ports.IsEmpty)
        {
            _warnings.Add($"{JobKey}.ports: has no effect on the docker backend, where nothing outside reaches a job");
        }

        var request = Common(container, JobKey, network ?? options.Network, aliases: [], binds: JobBinds(externals));
        request.Name = Name;
        request.Entrypoint = [DockerPaths.Worker];
        request.Cmd = ["job", "--payload", "-"];
        request.WorkingDir = container.Options.Find("--workdir") ?? DockerPaths.Work(hasExternals: false).Workspace;
        request.OpenStdin = true;
        request.StdinOnce = true;
        request.AttachStdin = true;
        request.Volumes = DockerPaths.Volumes
            .Where(path => launch.BoundWorkspace is null || path != DockerPaths.Workspace)
            .ToDictionary(path => path, _ => default(EmptyStruct));

        // The events of a local run, and what a job asks for, are read back from the log: an engine that keeps only its last part would lose some.
        (request.HostConfig ??= new HostConfig()).LogConfig = new LogConfig { Type = "json-file", Config = new Dictionary<string, string>() };
        if (launch.Reporting == ReportingTarget.GitHub)
        {
            request.Labels[DockerLabels.Launch] = DockerLabels.LaunchRecordOf(launch, created, outcomeKey);
        }

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

    private string[] JobBinds(string? externals) =>
    [
        $"{options.ToolCacheVolume}:{DockerPaths.Work(hasExternals: false).ToolCache}",
        .. externals is null ? Array.Empty<string>() : [$"{externals}:{DockerPaths.Externals}:ro"],
        .. launch.BoundWorkspace is { } bound ? [$"{bound}:{DockerPaths.Workspace}"] : Array.Empty<string>(),
        .. options.JobSocket is { } socket ? [$"{socket}:{DockerPaths.Socket}"] : Array.Empty<string>(),
    ];

    // The workspace of a job is a volume of its own container, of which an engine gives others no part. A local run has the folder that it is a copy of, and so as
    // with act a service has its files from the start; it may not write to what is the user's own. Null: the container has it anyway.
    private string? Bind(VolumeMapping volume, string where)
    {
        if (volume.PathInWorkspace is not { } path)
        {
            return volume.ToString();
        }

        var isJob = where == JobKey;
        return (isJob && path.Length == 0 && volume.Target.TrimEnd('/') == DockerPaths.Workspace, launch.BoundWorkspace, launch.CheckoutFolder) switch
        {
            (true, _, _) => null,
            (_, { } bound, _) => (volume with { Source = Path.Combine(bound, path) }).ToString(),
            (_, _, { } checkout) when !isJob => (volume with { Source = Path.Combine(checkout, path), IsReadOnly = true }).ToString(),
            _ => throw new WorkflowException(
                $"{where}.volumes: '{volume}' is in the job's workspace, of which a container of the docker backend gets no part; use a volume with a name"),
        };
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
                Binds = [.. binds, .. container.Volumes.Where(volume => volume.Source is not null).Select(volume => Bind(volume, where)).OfType<string>()],
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

        var isJob = where == JobKey;
        if (isJob && options.JobContainerOptions is { } ours)
        {
            new DockerOptionMapping(request, "--container-options", isJob, volume => Bind(volume, where), _warnings).Apply(ours);
        }

        new DockerOptionMapping(request, $"{where}.options", isJob, volume => Bind(volume, where), _warnings).Apply(container.Options);
        return request;
    }

    private static string NameOf(JobLaunch launch) => launch.Attempt == 0 ? $"runner-{launch.JobId}" : $"runner-{launch.JobId}-{launch.Attempt}";

    /// <summary>What of a text may stand in a container's name.</summary>
    internal static string SafeName(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' ? letter : '-'));
}
