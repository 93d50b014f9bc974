using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Backends.Host;
using Runner.Jobs.Errors;

namespace Runner.Agent.Hosting;

/// <summary>Adds the backend that the settings name.</summary>
internal static class AgentBackends
{
    /// <exception cref="OperatorException">Its settings are wrong: all problems at once.</exception>
    public static IServiceCollection AddBackend(this IServiceCollection services, AgentOptions options, AgentSurroundings surroundings) =>
        options.BackendInUse switch
        {
            BackendKind.Host => services.AddHostBackend(options.Host, surroundings),
            var other => throw new OperatorException($"backend: '{other.ToString().ToLowerInvariant()}' is not built yet"),
        };

    /// <summary>Labels that the backend knows as platforms.</summary>
    public static ImmutableArray<string> PlatformNames(AgentOptions options) => [];

    private static IServiceCollection AddHostBackend(this IServiceCollection services, HostSectionOptions section, AgentSurroundings surroundings)
    {
        var host = new HostOptions
        {
            Root = Path.GetFullPath(section.Root ?? Path.Combine(Path.GetTempPath(), "runner-jobs")),
            WorkerPath = Path.GetFullPath(section.Worker ?? surroundings.DefaultWorker),
            ToolCache = section.ToolCache,
            Externals = section.Externals,
            PassEnvironment = section.PassEnvironment,
            LauncherEnvironment = surroundings.Environment,
        };
        if (host.Validate() is { Count: > 0 } problems)
        {
            throw new OperatorException(problems);
        }

        return services.AddSingleton<IJobBackend>(provider => new HostBackend(
            host, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HostBackend>>()));
    }
}
