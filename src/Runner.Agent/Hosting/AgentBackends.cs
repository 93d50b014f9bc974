using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.Jobs.Errors;
using Runner.Kubernetes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;

namespace Runner.Agent.Hosting;

/// <summary>Adds the backend that the settings name.</summary>
internal static class AgentBackends
{
    /// <exception cref="OperatorException">Its settings are wrong: all problems at once.</exception>
    public static IServiceCollection AddBackend(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings) =>
        options.BackendInUse switch
        {
            BackendKind.Host => services.AddHostBackend(options.Host, options.Docker, surroundings),
            BackendKind.Kubernetes => services.AddKubernetesBackend(options.Kubernetes ?? new KubernetesOptions(), options.Agent),
            BackendKind.Docker => services.AddDockerBackend(options.Docker, options.Agent, options.Github.Auth, surroundings),
            var other => throw new InvalidOperationException($"backend {other} is unknown"),
        };

    /// <summary>Labels that the backend knows as platforms.</summary>
    public static ImmutableArray<string> PlatformNames(AgentOptions options) =>
        options.BackendInUse == BackendKind.Docker ? [.. options.Docker.Platforms.Keys]
            : options.BackendInUse == BackendKind.Kubernetes && options.Kubernetes is { } kubernetes
            ? [.. kubernetes.Platforms.Keys, .. kubernetes.LabelMap.Keys]
            : [];

    private static IServiceCollection AddKubernetesBackend(
        this IServiceCollection services, KubernetesOptions kubernetes, SupervisionOptions agent)
    {
        services.AddSingleton(_ => ClusterConnection.Open(kubernetes));
        services.AddSingleton(provider => new KubernetesBackend(
            provider.GetRequiredService<ClusterConnection>(),
            kubernetes,
            AgentIdentity.Start(agent.Instance ?? Environment.MachineName),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KubernetesBackend>>()));
        services.AddSingleton<IJobBackend>(provider => provider.GetRequiredService<KubernetesBackend>());

        // The first to start and the last to stop: slots and adoption need the watch until they have ended.
        return services.AddHostedService<ClusterWatch>();
    }

    private static IServiceCollection AddDockerBackend(
        this IServiceCollection services, DockerSectionOptions section, SupervisionOptions agent, GitHubAuthOptions auth, AgentSurroundings surroundings)
    {
        var docker = new DockerOptions
        {
            Host = section.Host ?? surroundings.Environment.GetValueOrDefault("DOCKER_HOST"),
            WorkerPath = Path.GetFullPath(section.Worker ?? surroundings.DefaultWorker),
            Externals = section.Externals is { } externals ? Path.GetFullPath(externals) : null,
            Platforms = new Dictionary<string, string>(section.Platforms, StringComparer.OrdinalIgnoreCase),
            DefaultImage = section.DefaultImage,
            ToolCacheVolume = section.ToolCacheVolume,
            AlwaysPull = section.AlwaysPull,
            Instance = agent.Instance ?? Environment.MachineName,
            SharedSecretFile = auth.TokenFile ?? auth.PrivateKeyFile,
        };
        if (docker.Validate() is { Count: > 0 } problems)
        {
            throw new OperatorException(problems);
        }

        return services.AddSingleton<IJobBackend>(provider => new DockerBackend(
            docker, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DockerBackend>>()));
    }

    private static IServiceCollection AddHostBackend(
        this IServiceCollection services, HostSectionOptions section, DockerSectionOptions containers, AgentSurroundings surroundings)
    {
        var host = new HostOptions
        {
            Root = Path.GetFullPath(section.Root ?? Path.Combine(Path.GetTempPath(), "runner-jobs")),
            WorkerPath = Path.GetFullPath(section.Worker ?? surroundings.DefaultWorker),
            ToolCache = section.ToolCache,
            Externals = section.Externals,
            PassEnvironment = section.PassEnvironment,
            DockerHost = containers.Host ?? surroundings.Environment.GetValueOrDefault("DOCKER_HOST"),
            LauncherEnvironment = surroundings.Environment,
            AdoptsOrphans = surroundings.IsOwnProcess,
        };
        if (host.Validate() is { Count: > 0 } problems)
        {
            throw new OperatorException(problems);
        }

        return services.AddSingleton<IJobBackend>(provider => new HostBackend(
            host, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HostBackend>>()));
    }
}
