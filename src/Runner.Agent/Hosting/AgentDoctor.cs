using Microsoft.Extensions.DependencyInjection;
using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.Backends.Docker;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;

namespace Runner.Agent.Hosting;

/// <summary>Looks at all that an agent of these settings would need, without one: GitHub, and the place where jobs run.</summary>
public static class AgentDoctor
{
    /// <summary>The checks, in the order in which one leads to the next. Nothing is changed anywhere.</summary>
    /// <exception cref="OperatorException">The settings' files cannot be read.</exception>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(AgentOptions options, AgentSurroundings surroundings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(surroundings);
        await using var services = new ServiceCollection().AddLogging().AddGitHubChecks(options, surroundings).BuildServiceProvider();
        var github = services.GetRequiredService<GitHubChecks>().RunAsync(cancellationToken);
        return [.. await github, .. await BackendAsync(options, surroundings, cancellationToken)];
    }

    private static async Task<IReadOnlyList<CheckResult>> BackendAsync(AgentOptions options, AgentSurroundings surroundings, CancellationToken cancellationToken)
    {
        switch (options.BackendInUse)
        {
            case BackendKind.Kubernetes:
                var kubernetes = AgentBackends.Kubernetes(options);
                using (var connection = ClusterConnection.Open(kubernetes))
                {
                    return await ClusterAsync(connection, kubernetes, cancellationToken);
                }

            case BackendKind.Docker:
                var docker = AgentBackends.Docker(options, surroundings);
                var silence = await DockerBackend.WhySilentAsync(docker.Host, cancellationToken);
                return
                [
                    silence is null
                        ? CheckResult.Ok("engine", "answers")
                        : CheckResult.Failed("engine", $"no Docker engine answers: {silence}", "start one, or name it in docker.host or DOCKER_HOST", isOutside: true),
                ];

            default:
                return [CheckResult.Ok("host", $"jobs run in {AgentBackends.Host(options, surroundings).Root}")];
        }
    }

    private static async Task<IReadOnlyList<CheckResult>> ClusterAsync(
        ClusterConnection connection, Kubernetes.Options.KubernetesOptions kubernetes, CancellationToken cancellationToken)
    {
        try
        {
            await ClusterCheck.RunAsync(connection, cancellationToken);
        }
        catch (OperatorException error)
        {
            var isAway = error.InnerException is OperationCanceledException or InfrastructureException { StatusCode: null or >= 500 };
            return
            [
                CheckResult.Failed(
                    "cluster",
                    error.Message,
                    isAway ? "is the API server up, and does the network (or a proxy) let this machine reach it?" : "the chart makes the account and its rights: helm/runner",
                    isAway),
            ];
        }

        var findings = await ClusterInspection.RunAsync(connection, kubernetes, cancellationToken);
        return
        [
            CheckResult.Ok("cluster", $"{connection.Server} answers, and jobs may run in namespace {connection.Namespace}"),
            .. findings.Select(finding => ClusterRules.Judge(finding, connection.Namespace)),
        ];
    }
}
