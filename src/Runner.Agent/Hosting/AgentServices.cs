using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.ExternalMetrics;
using Runner.Agent.GitHubClients;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Network;
using Runner.Agent.Page;
using Runner.Agent.Pools;
using Runner.Agent.Queue;
using Runner.Agent.Reruns;
using Runner.Agent.ScaleSets;
using Runner.Agent.Services;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Agent.Tracing;
using Runner.Backends;
using Runner.GitHub;
using Runner.GitHub.Auth;
using Runner.GitHub.Inspection;
using Runner.GitHub.Limits;
using Runner.GitHub.Registration;
using Runner.GitHub.Runs;
using Runner.Kubernetes.Client;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;
using Runner.Protocol.Tenant;
using Runner.Protocol.Traces;

namespace Runner.Agent.Hosting;

/// <summary>Puts the agent's services together.</summary>
internal static class AgentServices
{
    private const string RestClientName = "github-rest";

    // A job passes: source → acquire → place → payload → pod → watch → complete or replace → reap.
    // RunnerSlot is the source and acquires, the backend places and makes payload and pod (or process), JobRun watches, completes or
    // replaces and has its place removed; JobAdoption finds what an agent that died left to watch and reap.
    public static IServiceCollection AddAgent(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Agent);
        services.AddSingleton(surroundings.Time);
        services.AddSingleton(new AgentMetrics(options.Monitoring.Usage));
        services.AddSingleton<AgentHealth>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain.Timeout(options) + TimeSpan.FromSeconds(30));
        return services
            .AddGitHubClients(options, surroundings.Environment)
            .AddInspection(options)
            .AddPage(options, surroundings)
            .AddTracing(options)
            .AddHostedService<StartChecks>()
            .AddHostedService<MemoryTrim>()
            .AddBackend(options, surroundings)
            .AddSources(options)
            .AddScaleSets(options)
            .AddJournal(options, surroundings)
            .AddReruns(options, surroundings)
            .AddQueue(options)
            .AddExternalMetrics(options, surroundings)
            .AddSupervision(options);
    }

    // The first to start and the last to stop: it shows a start that hangs, and a drain.
    private static IServiceCollection AddPage(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings)
    {
        var access = PageAccess.Of(options.Agent.Page, surroundings.Environment);
        services.AddSingleton<GitHubBoard>();
        services.AddSingleton(provider => new UsageBoard(options.Monitoring.Usage, provider.GetRequiredService<AgentMetrics>().Usage));
        services.AddSingleton(provider =>
        {
            var (usage, traces) = (provider.GetRequiredService<UsageBoard>(), provider.GetService<TraceExport>());
            return new JobBoard(
                provider.GetRequiredService<GitHubBoard>(), provider.GetRequiredService<GitHubEndpoint>().Url, provider.GetRequiredService<TimeProvider>())
            {
                JobEnded = job =>
                {
                    usage.Ended(job);
                    traces?.Ended(job);
                },
            };
        });
        services.AddSingleton<AgentViews>();
        services.AddSingleton<ChangeStreams>();
        services.AddSingleton<LogStreams>();
        services.AddSingleton<PageEndpoints>();
        services.AddSingleton(provider => new PageServer(
            options.Agent.Page, access, provider.GetRequiredService<PageEndpoints>(), provider.GetRequiredService<ILoggerFactory>()));
        return services.AddHostedService(provider => provider.GetRequiredService<PageServer>());
    }

    // It stops after the jobs' supervision, which began later.
    private static IServiceCollection AddTracing(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(new TraceTargets(options.Monitoring.Tracing));
        if (options.Monitoring.Tracing is not { Address: not null, Part: > 0 })
        {
            return services;
        }

        services.AddSingleton(provider => new TraceExport(
            provider.GetRequiredService<TraceTargets>(),
            new TraceClient(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
                "runner-agent",
                AgentVersion.Text,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TraceExport>>()));
        return services.AddHostedService(provider => provider.GetRequiredService<TraceExport>());
    }

    private static IServiceCollection AddGitHubClients(
        this IServiceCollection services, AgentOptions options, IReadOnlyDictionary<string, string> environment)
    {
        services.AddSingleton(new AgentNetwork(options.Network, environment));

        // One handler each for all slots: a slot is a connection and a few objects. Connections are renewed so that a new address is seen.
        foreach (var name in new[] { BrokerSessions.HttpClientName, RestClientName })
        {
            services.AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
                .UseSocketsHttpHandler((handler, provider) =>
                {
                    provider.GetRequiredService<AgentNetwork>().Apply(handler);
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
                    handler.ConnectTimeout = TimeSpan.FromSeconds(15);
                    handler.UseCookies = false;
                })
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
                .RemoveAllLoggers();
        }

        services.AddHttpClient(RestClientName).AddHttpMessageHandler(provider =>
        {
            var (metrics, board) = (provider.GetService<AgentMetrics>(), provider.GetService<GitHubBoard>()); // not where there is no agent
            return new RateLimitHandler(provider.GetRequiredService<TimeProvider>(), call =>
            {
                metrics?.GitHub.Called(call);
                board?.Called(call);
            });
        });
        services.AddSingleton(GitHubEndpoint.Parse(options.Github.Url, options.Github.AllowInsecureHttp));
        services.AddSingleton(provider => new GitHubRest(
            provider.GetRequiredService<GitHubEndpoint>(),
            GitHubAuth.Read(options.Github.Auth),
            () => provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(RestClientName),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRunnerRegistrar>(provider => Registrars.Make(provider, options));
        services.AddSingleton<IActionsTenant>(provider => Registrars.Tenant(provider, mayBeOwn: false, new RetryOptions()));
        services.AddSingleton<TenantLocations>();
        services.AddSingleton<IWorkflowRuns, WorkflowRuns>();
        services.AddSingleton<IWorkflowJobs, WorkflowJobs>();
        services.AddSingleton<JobClients>();
        services.AddSingleton<IJobServices>(provider => provider.GetRequiredService<JobClients>());
        return services.AddSingleton<IRunnerSessions, BrokerSessions>();
    }

    /// <summary>What it takes to look at GitHub as an agent would, without one.</summary>
    public static IServiceCollection AddGitHubChecks(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings) =>
        services.AddSingleton(options).AddSingleton(surroundings.Time).AddGitHubClients(options, surroundings.Environment).AddInspection(options);

    private static IServiceCollection AddInspection(this IServiceCollection services, AgentOptions options) => services
        .AddSingleton<GitHubInspector>()
        .AddSingleton<GitHubChecks>();

    private static IServiceCollection AddSources(this IServiceCollection services, AgentOptions options)
    {
        var instance = options.Agent.Instance ?? Environment.MachineName;
        foreach (var pool in options.Pools)
        {
            services.AddSingleton(provider => new RunnerPool(pool, instance, PoolRules.PlatformNames(options), provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<RegistrationGate>();
        services.AddSingleton<SlotPipelines>();
        services.AddSingleton<RunnerSlot>();
        services.AddSingleton<OwnRunners>();
        services.AddSingleton<StaleRunners>();
        services.AddSingleton<RunnerTurn>();
        services.AddSingleton<JobSizing>();
        services.AddSingleton<JobTaking>();
        services.AddSingleton<IPoolSource, SlotSource>();
        services.AddSingleton<JobSources>();
        return services
            .AddHostedService(provider => provider.GetRequiredService<JobSources>())
            .AddHostedService<RegistrationSweep>();
    }

    /// <summary>What it takes to see scale sets at GitHub, without an agent.</summary>
    public static IServiceCollection AddScaleSetClient(
        this IServiceCollection services, AgentOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, RetryOptions retry) =>
        services.AddSingleton(time).AddGitHubClients(options, environment).AddScaleSetClient(options, retry);

    private static IServiceCollection AddScaleSetClient(this IServiceCollection services, AgentOptions options, RetryOptions retry)
    {
        services.AddSingleton(provider => new ScaleSetClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(BrokerSessions.HttpClientName),
            provider.GetRequiredService<IActionsTenant>(),
            retry,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ScaleSetClient>>()));
        services.AddSingleton(new SetOwner(InstallationName.Of(options), options.Agent.Instance ?? Environment.MachineName));
        return services.AddSingleton<SetSetup>();
    }

    // No retries in the client: the listener's loop and the slots' turns have their own.
    private static IServiceCollection AddScaleSets(this IServiceCollection services, AgentOptions options)
    {
        services.AddScaleSetClient(options, RetryOptions.None);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionNotes>(provider, InstallationName.Mark(options)));
        services.AddSingleton<SetSession>();
        return services.AddSingleton<IPoolSource, ScaleSetSource>();
    }

    private static IServiceCollection AddJournal(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings) =>
        services.AddSingleton<IJobJournal>(provider =>
        {
            var backend = provider.GetRequiredService<IJobBackend>();
            var seal = new JournalSeal(options.Github.Auth.TokenFile ?? options.Github.Auth.PrivateKeyFile);
            return backend.TakenJobs is { } jobs
                ? new BackendJournal(jobs, backend.Name, seal, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BackendJournal>>())
                : new JobJournal(
                    StateFolder.For(options, surroundings.Environment) ?? throw new InvalidOperationException($"Backend {backend.Name} keeps no jobs"),
                    seal,
                    provider.GetRequiredService<ILogger<JobJournal>>());
        });

    private static IServiceCollection AddReruns(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IJobBackend>().Notes
            ?? new FolderNotes(Path.Combine(StateFolder.For(options, surroundings.Environment) ?? Path.GetTempPath(), "notes")));
        services.AddSingleton(provider => new RerunLedger(
            provider.GetRequiredService<IAgentNotes>(),
            options.Pools,
            provider.GetRequiredService<AgentMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RerunLedger>>()));
        return services.AddHostedService<RerunQueue>();
    }

    private static IServiceCollection AddQueue(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(options.Monitoring.Queue);
        services.AddSingleton<IQueuedJobs, QueuedJobs>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RunnerQueue>(provider, InstallationName.Mark(options)));
        services.AddSingleton<SetQueue>();
        services.AddSingleton<QueueBook>();
        return services.AddHostedService<QueueWatch>();
    }

    private static IServiceCollection AddExternalMetrics(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings)
    {
        services.AddSingleton<PoolFigures>();
        return !options.Monitoring.ExternalMetrics.Enabled ? services : services.AddHostedService(provider => new ExternalMetricsServer(
            options.Monitoring.ExternalMetrics,
            surroundings.Environment.GetValueOrDefault("RUNNER_POD_NAMESPACE"),
            provider.GetRequiredService<PoolFigures>(),
            provider.GetRequiredService<ClusterConnection>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ExternalMetricsServer>>()));
    }

    private static IServiceCollection AddSupervision(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(provider => new ServiceGrants(options.Services, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LaunchBreakers>();
        services.AddSingleton<PoolOffers>();
        services.AddHostedService(provider => provider.GetRequiredService<PoolOffers>());
        services.AddSingleton<JobSupervisor>();
        services.AddSingleton<JobTakeUp>();
        services.AddSingleton<JobAdoption>();
        return services.AddHostedService(provider => provider.GetRequiredService<JobAdoption>());
    }
}
