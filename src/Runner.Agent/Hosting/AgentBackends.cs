using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.GitHub;
using Runner.Kubernetes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Warm;

namespace Runner.Agent.Hosting;

/// <summary>Adds the backend that the settings name.</summary>
internal static class AgentBackends
{
    /// <exception cref="Jobs.Errors.OperatorException">Its settings are wrong: all problems at once.</exception>
    public static IServiceCollection AddBackend(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings) =>
        options.BackendInUse switch
        {
            BackendKind.Host => services.AddHostBackend(Host(options, surroundings)),
            BackendKind.Kubernetes => services.AddKubernetesBackend(Kubernetes(options), Identity(options.Agent, surroundings)),
            BackendKind.Docker => services.AddDockerBackend(Docker(options, surroundings)),
            var other => throw new InvalidOperationException($"backend {other} is unknown"),
        };

    /// <summary>Settings of the backend for pods.</summary>
    public static KubernetesOptions Kubernetes(AgentOptions options)
    {
        var kubernetes = options.Kubernetes ?? new KubernetesOptions();
        return kubernetes with { Instance = kubernetes.Instance ?? InstallationName.Of("runner", Endpoint(options)) };
    }

    /// <summary>Settings of the backend for containers.</summary>
    public static DockerOptions Docker(AgentOptions options, AgentSurroundings surroundings) =>
        BackendComposition.OptionsOf(options.Docker, surroundings.DefaultWorker) with
        {
            Host = options.Docker.Host ?? surroundings.Environment.GetValueOrDefault("DOCKER_HOST"),
            Instance = InstallationName.Of(options.Agent.Instance ?? Environment.MachineName, Endpoint(options)),
            SharedSecretFile = options.Github.Auth.TokenFile ?? options.Github.Auth.PrivateKeyFile,
        };

    /// <summary>Settings of the backend for processes.</summary>
    public static HostOptions Host(AgentOptions options, AgentSurroundings surroundings) =>
        BackendComposition.OptionsOf(options.Host, Path.Combine(Path.GetTempPath(), "runner-jobs"), surroundings.DefaultWorker) with
        {
            Instance = InstallationName.Of("runner", Endpoint(options)), // as wide as the journal, which has the same jobs
            DockerHost = options.Docker.Host ?? surroundings.Environment.GetValueOrDefault("DOCKER_HOST"),
            LauncherEnvironment = surroundings.Environment,
            AdoptsOrphans = surroundings.IsOwnProcess,
        };

    // The chart says by these which pod the agent is.
    private static AgentIdentity Identity(SupervisionOptions agent, AgentSurroundings surroundings)
    {
        var environment = surroundings.Environment;
        return AgentIdentity.Start(agent.Instance ?? Environment.MachineName) with
        {
            Pod = environment.GetValueOrDefault("RUNNER_POD_NAMESPACE") is { Length: > 0 } space
                && environment.GetValueOrDefault("RUNNER_POD_NAME") is { Length: > 0 } name
                && environment.GetValueOrDefault("RUNNER_POD_UID") is { Length: > 0 } uid
                ? new AgentPod(space, name, uid)
                : null,
        };
    }

    private static IEnumerable<WarmPool> WarmPools(IEnumerable<RunnerPool> pools)
    {
        foreach (var pool in pools)
        {
            if (pool.Warm is { } warm)
            {
                yield return new WarmPool(pool.Kind, warm) { IsTaking = () => pool.IsTaking };
            }
        }
    }

    private static GitHubEndpoint Endpoint(AgentOptions options) => GitHubEndpoint.Parse(options.Github.Url, options.Github.AllowInsecureHttp);

    private static IServiceCollection AddKubernetesBackend(
        this IServiceCollection services, KubernetesOptions kubernetes, AgentIdentity agent)
    {
        services.AddSingleton(_ => ClusterConnection.Open(kubernetes));
        services.AddSingleton(provider => new KubernetesBackend(
            provider.GetRequiredService<ClusterConnection>(),
            kubernetes,
            agent,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KubernetesBackend>>(),
            WarmPools(provider.GetServices<RunnerPool>())));
        services.AddSingleton<IJobBackend>(provider => provider.GetRequiredService<KubernetesBackend>());

        // The first to start and the last to stop: slots and adoption need the watch until they have ended.
        return services.AddHostedService<ClusterWatch>();
    }

    private static IServiceCollection AddDockerBackend(this IServiceCollection services, DockerOptions docker)
    {
        BackendComposition.Refuse(docker.Validate()); // now, and not when the first job wants it
        return services.AddSingleton<IJobBackend>(provider => BackendComposition.Open(
            docker, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DockerBackend>>()));
    }

    private static IServiceCollection AddHostBackend(this IServiceCollection services, HostOptions host)
    {
        BackendComposition.Refuse(host.Validate());
        return services.AddSingleton<IJobBackend>(provider => BackendComposition.Open(
            host, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HostBackend>>()));
    }
}
