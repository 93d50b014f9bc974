using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Settings;
using Runner.Cli.Workspaces;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>The backends of local runs: which one a job goes to, by settings, flags and what answers on this machine.</summary>
/// <param name="result">The command line.</param>
/// <param name="flags">Its flags.</param>
/// <param name="surroundings">The process.</param>
/// <param name="folder">The checkout.</param>
/// <param name="copies">Folder for copies of it; its owner removes it.</param>
internal sealed class LocalBackends(ParseResult result, RunFlags flags, CliSurroundings surroundings, string folder, string copies) : IAsyncDisposable
{
    private const string WorkerName = "runner-worker";

    private readonly HashSet<string> _labelsOfThisMachine = new(
        (result.GetValue(flags.Platforms) ?? []).Select(PlatformFlag.Parse).Where(platform => platform.Image is null).Select(platform => platform.Label),
        StringComparer.OrdinalIgnoreCase);

    private DockerBackend? _docker;
    private ClusterRun? _cluster;
    private IJobBackend? _host;
    private IJobBackend? _chosen;

    /// <summary>Chooses by the settings, and says it where they do not say it.</summary>
    /// <exception cref="OperatorException">They are wrong, or the cluster cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var files = SettingsFiles.Read(surroundings, result.GetValue(flags.Config));
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, SettingFlags.Read(result, flags));
        if (reading.Problems.Count > 0)
        {
            throw new OperatorException(reading.Problems);
        }

        var options = reading.Options;
        var engine = options.Docker.Host ?? surroundings.Variable("DOCKER_HOST");
        var kind = options.Backend ?? await ChooseAsync(engine, cancellationToken);
        TellUseless(kind);
        if (kind == BackendKind.Host || _labelsOfThisMachine.Count > 0)
        {
            _host = new CheckoutBackend(Host(options.Host, engine), folder, copies);
        }

        _chosen = kind switch
        {
            BackendKind.Host => _host,
            BackendKind.Docker => new SentCheckoutBackend(_docker = Docker(options.Docker, engine), folder),
            BackendKind.Kubernetes => new SentCheckoutBackend(await OpenClusterAsync(options.Kubernetes, cancellationToken), folder),
            var other => throw new InvalidOperationException($"backend {other} is unknown"),
        };
    }

    /// <summary>Whether all jobs are processes of this machine.</summary>
    public bool IsOnThisMachine => _chosen == _host;

    /// <summary>The backend of a job.</summary>
    public IJobBackend Of(PlannedJob planned) =>
        (IsMeantForThisMachine(planned) ? _host : _chosen) ?? throw new InvalidOperationException("not opened");

    /// <summary>Why a job cannot run where it would; <c>null</c>: it can.</summary>
    public string? WhyNot(PlannedJob planned) =>
        Of(planned) == _host && !IsMeantForThisMachine(planned) && planned.Labels.FirstOrDefault(IsOfAnotherSystem) is { } label
            ? $"'{label}' asks for another system than this machine's; -P {label}=-self-hosted runs the job here all the same"
            : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _docker?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private bool IsMeantForThisMachine(PlannedJob planned) => planned.Labels.Any(_labelsOfThisMachine.Contains);

    private static bool IsOfAnotherSystem(string label) =>
        (label.StartsWith("windows", StringComparison.OrdinalIgnoreCase) && !OperatingSystem.IsWindows())
        || (label.StartsWith("macos", StringComparison.OrdinalIgnoreCase) && !OperatingSystem.IsMacOS())
        || (label.StartsWith("ubuntu", StringComparison.OrdinalIgnoreCase) && !OperatingSystem.IsLinux());

    private async Task<IJobBackend> OpenClusterAsync(KubernetesOptions? section, CancellationToken cancellationToken)
    {
        _cluster = await ClusterRun.OpenAsync(section ?? new KubernetesOptions(), surroundings.Variable("KUBECONFIG"), surroundings.Error, cancellationToken);
        return result.GetValue(flags.DebugScheduling) ? new ToldPlacements(_cluster.Backend, surroundings.Error) : _cluster.Backend;
    }

    private async Task<BackendKind> ChooseAsync(string? engine, CancellationToken cancellationToken)
    {
        var isThere = await DockerBackend.AnswersAsync(engine, cancellationToken);
        await surroundings.Error.WriteLineAsync(isThere
            ? "runner: jobs run in containers of the Docker engine that answers here (backend docker)"
            : "runner: jobs run on this machine, no Docker engine answers (backend host)");
        return isThere ? BackendKind.Docker : BackendKind.Host;
    }

    private void TellUseless(BackendKind kind)
    {
        Tell(BackendKind.Docker, flags.Containers.All);
        Tell(BackendKind.Kubernetes, SettingFlags.OfCluster(flags).Append(flags.DebugScheduling));

        void Tell(BackendKind owner, IEnumerable<Option> options)
        {
            foreach (var option in kind == owner ? [] : options.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                surroundings.Error.WriteLine($"runner: {option.Name} has no effect on the backend {NameOf(kind)}: it is for {NameOf(owner)}");
            }
        }

        static string NameOf(BackendKind kind) => kind.ToString().ToLowerInvariant();
    }

    private HostBackend Host(HostSectionOptions section, string? engine)
    {
        var host = new HostOptions
        {
            Root = Path.GetFullPath(section.Root ?? PrivateFolder.InTemporary("runner-local")),
            WorkerPath = Worker(section.Worker),
            ToolCache = section.ToolCache,
            Externals = section.Externals,
            PassEnvironment = section.PassEnvironment,
            DockerHost = engine,
            LauncherEnvironment = surroundings.Environment,
        };
        return host.Validate() is { Count: > 0 } problems
            ? throw new OperatorException(problems)
            : new HostBackend(host, TimeProvider.System, NullLogger<HostBackend>.Instance);
    }

    private DockerBackend Docker(DockerSectionOptions section, string? engine)
    {
        var docker = new DockerOptions
        {
            Host = engine,
            WorkerPath = Worker(section.Worker),
            Externals = section.Externals is { } externals ? Path.GetFullPath(externals) : null,
            Platforms = ActImages.Under(section.Platforms),
            DefaultImage = section.DefaultImage,
            ToolCacheVolume = section.ToolCacheVolume,
            AlwaysPull = section.AlwaysPull || result.GetValue(flags.Containers.Pull),
            JobSocket = flags.Containers.SocketOf(result),
            JobContainerOptions = flags.Containers.OptionsOf(result),
            Network = result.GetValue(flags.Containers.Network),
            Instance = $"{Environment.MachineName}-local",
        };
        return docker.Validate() is { Count: > 0 } problems
            ? throw new OperatorException(problems)
            : new DockerBackend(docker, TimeProvider.System, NullLogger<DockerBackend>.Instance);
    }

    private string Worker(string? configured) => Path.GetFullPath(configured ?? Path.Combine(surroundings.ProgramFolder, WorkerName));
}
