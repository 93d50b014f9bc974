using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Agent.Network;
using Runner.Backends;
using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.Cli.CommandLine;
using Runner.Cli.Settings;
using Runner.Cli.Workspaces;
using Runner.Jobs.Errors;
using Runner.Jobs.Network;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>The backends of local runs: which one a job goes to, by settings, flags and what answers on this machine.</summary>
/// <param name="settings">The command line.</param>
/// <param name="surroundings">The process.</param>
/// <param name="copies">Folder for copies of it; its owner removes it.</param>
internal sealed class LocalBackends(RunSettings settings, CliSurroundings surroundings, string copies) : IAsyncDisposable
{
    private const string WorkerName = "runner-worker";

    private readonly HashSet<string> _labelsOfThisMachine = new(
        settings.Platforms.Select(PlatformFlag.Parse).Where(platform => platform.Image is null).Select(platform => platform.Label),
        StringComparer.OrdinalIgnoreCase);

    private readonly CheckoutSource _checkout = new(settings.Folder, withIgnored: settings.UsesGitIgnore == false, surroundings.Error);

    private DockerBackend? _docker;
    private ClusterRun? _cluster;
    private IJobBackend? _host;
    private IJobBackend? _chosen;
    private HashSet<string> _platforms = [];
    private bool _isWithoutEngine;

    /// <summary>Chooses by the settings, and says it where they do not say it.</summary>
    /// <exception cref="OperatorException">They are wrong, no engine answers, or the cluster cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var files = SettingsFiles.Read(surroundings, settings.Config);
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, settings.Overrides());
        if (reading.Problems.Count > 0)
        {
            throw new OperatorException(reading.Problems);
        }

        surroundings.Warn(reading.Warnings);

        var options = reading.Options;
        if (options.Network.Validate().ToList() is { Count: > 0 } wrong)
        {
            throw new OperatorException([.. wrong.Select(item => $"{item.Path}: {item.Problem}")]);
        }

        // What the settings say, and no more: a proxy of this machine's environment need not be one that a container reaches.
        Network = new AgentNetwork(options.Network, ImmutableDictionary<string, string>.Empty).ForJob();
        var engine = await FindEngineAsync(options, cancellationToken);
        var kind = options.Backend ?? (engine is null ? null : BackendKind.Docker);
        ReportUseless(kind);
        if (kind == BackendKind.Host || _labelsOfThisMachine.Count > 0)
        {
            _host = new CheckoutBackend(Host(options.Host, engine), _checkout, copies);
        }

        _platforms = new HashSet<string>(
            kind == BackendKind.Kubernetes ? options.Kubernetes?.Platforms.Keys ?? [] : options.Docker.Platforms.Keys, StringComparer.OrdinalIgnoreCase);
        _chosen = kind switch
        {
            BackendKind.Host => _host,
            BackendKind.Docker => new SentCheckoutBackend(_docker = Docker(options.Docker, engine), _checkout, seesFolders: engine?.StartsWith("unix:", StringComparison.Ordinal) == true),
            BackendKind.Kubernetes => new SentCheckoutBackend(await OpenClusterAsync(options.Kubernetes, cancellationToken), _checkout, seesFolders: false),
            null when _host is not null => _host, // jobs that are not meant for this machine are refused one by one
            null => throw new OperatorException(NoEngine()),
            var other => throw new InvalidOperationException($"backend {other} is unknown"),
        };
    }

    /// <summary>How jobs reach the outside; <c>null</c>: as their place does.</summary>
    public JobNetwork? Network { get; private set; }

    /// <summary>Whether all jobs are processes of this machine.</summary>
    public bool IsOnThisMachine => _chosen == _host;

    /// <summary>The backend of a job.</summary>
    public IJobBackend Of(PlannedJob planned) =>
        (IsMeantForThisMachine(planned) ? _host : _chosen) ?? throw new InvalidOperationException("not opened");

    /// <summary>
    /// How a job ends that cannot run here; <c>null</c>: it can. A job for another system is skipped, as "this machine cannot" is not "the
    /// job failed", unless the flags are strict.
    /// </summary>
    public LocalJobResult? Refuse(PlannedJob planned)
    {
        if (IsMeantForThisMachine(planned))
        {
            return null;
        }

        if (planned.Labels.FirstOrDefault(IsOfAnotherSystem) is { } label)
        {
            return new LocalJobResult(settings.IsStrictOnSystems ? Conclusion.Failed : Conclusion.Skipped, $"'{label}' asks for another system than this machine's; {Remedy(label)}", []);
        }

        return _isWithoutEngine ? new LocalJobResult(Conclusion.Failed, NoEngine(), []) : null;
    }

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

    // Containers are Linux; pods may be Windows', and there the cluster's own rules decide.
    private bool IsOfAnotherSystem(string label)
    {
        var isMacOS = label.StartsWith("macos", StringComparison.OrdinalIgnoreCase);
        var isWindows = label.StartsWith("windows", StringComparison.OrdinalIgnoreCase);
        if (_chosen != _host)
        {
            return (isMacOS || (isWindows && _cluster is null)) && !_platforms.Contains(label);
        }

        return (isWindows && !OperatingSystem.IsWindows())
            || (isMacOS && !OperatingSystem.IsMacOS())
            || (label.StartsWith("ubuntu", StringComparison.OrdinalIgnoreCase) && !OperatingSystem.IsLinux());
    }

    private string Remedy(string label) => _chosen == _host
        ? $"-P {label}=-self-hosted runs the job here all the same"
        : $"-P {label}=IMAGE runs it in that image, -P {label}=-self-hosted on this machine";

    private async Task<IJobBackend> OpenClusterAsync(KubernetesOptions? section, CancellationToken cancellationToken)
    {
        _cluster = await ClusterRun.OpenAsync(section ?? new KubernetesOptions(), surroundings.Variable("KUBECONFIG"), surroundings.Error, cancellationToken);
        return settings.DebugsScheduling ? new ToldPlacements(_cluster.Backend, surroundings.Error) : _cluster.Backend;
    }

    // The engine that jobs, or container actions beside them, go to: the one that is named, else the first that is found.
    private async Task<string?> FindEngineAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        var named = options.Docker.Host ?? surroundings.Variable("DOCKER_HOST");
        if (options.Backend is BackendKind.Kubernetes)
        {
            return named;
        }

        if (named is not null)
        {
            var reason = options.Backend is BackendKind.Host ? null : await DockerBackend.WhySilentAsync(named, cancellationToken);
            if (reason is not null)
            {
                throw new OperatorException($"no Docker engine answers at {named} ({(options.Docker.Host is null ? "DOCKER_HOST" : "docker.host")}): {reason}");
            }
        }

        var search = new EngineSearch(surroundings);
        var engine = named ?? await search.FindAsync(cancellationToken);
        _isWithoutEngine = engine is null && options.Backend is null;
        if (engine is null && options.Backend is BackendKind.Docker)
        {
            throw new OperatorException(NoEngine());
        }

        if (engine is not null && options.Backend is null)
        {
            await surroundings.Error.WriteLineAsync($"runner: jobs run in containers of the Docker engine at {engine} (backend docker)");
        }

        return engine;
    }

    // Never this machine itself without being asked: jobs would have all that their user has.
    private string NoEngine() =>
        "no Docker engine answers (looked at " + string.Join(", ", new EngineSearch(surroundings).Candidates()) + "): start one, or name it in DOCKER_HOST;"
        + " --backend host runs jobs as processes of this machine, with all your rights, and -P LABEL=-self-hosted those of one label";

    private void ReportUseless(BackendKind? kind)
    {
        Report(BackendKind.Docker, settings.Containers.Written);
        Report(BackendKind.Kubernetes, settings.FlagsOfCluster);
        if (settings is { UsesGitIgnore: not null, Binds: true })
        {
            surroundings.Error.WriteLine("runner: --use-gitignore has no effect with --bind: jobs work in the checkout itself");
        }

        if (settings.KeepsFailed && kind != BackendKind.Docker)
        {
            surroundings.Error.WriteLine($"runner: --rm=false has no effect on the backend {NameOf(kind ?? BackendKind.Host)}: only docker has a container that can stay");
        }

        void Report(BackendKind owner, IEnumerable<string> flags)
        {
            foreach (var flag in kind == owner ? [] : flags)
            {
                surroundings.Error.WriteLine($"runner: {flag} has no effect on the backend {NameOf(kind ?? BackendKind.Host)}: it is for {NameOf(owner)}");
            }
        }

        static string NameOf(BackendKind kind) => kind.ToString().ToLowerInvariant();
    }

    private HostBackend Host(HostSectionOptions section, string? engine) => BackendComposition.Open(
        BackendComposition.OptionsOf(section, PrivateFolder.InTemporary("runner-local"), DefaultWorker) with
        {
            DockerHost = engine,
            LauncherEnvironment = surroundings.Environment,
        },
        TimeProvider.System,
        NullLogger<HostBackend>.Instance);

    private DockerBackend Docker(DockerSectionOptions section, string? engine) => BackendComposition.Open(
        BackendComposition.OptionsOf(section, DefaultWorker) with
        {
            Host = engine,
            Platforms = ActImages.Under(section.Platforms),
            AlwaysPull = section.AlwaysPull || settings.Containers.Pulls,
            JobSocket = settings.Containers.SocketPath,
            JobContainerOptions = settings.Containers.ToOptions(),
            Network = settings.Containers.Network,
            Instance = $"{Environment.MachineName}-local",
        },
        TimeProvider.System,
        NullLogger<DockerBackend>.Instance);

    private string DefaultWorker => Path.Combine(surroundings.ProgramFolder, WorkerName);
}
