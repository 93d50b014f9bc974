using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Rendering;
using Runner.Cli.Settings;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Cleanup;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;

namespace Runner.Cli.Commands;

/// <summary><c>runner cleanup</c>: removes what agents and local runs that are gone left in a namespace of a cluster.</summary>
/// <remarks>On the host and on Docker there is no such command: the next run or agent sweeps what an earlier one left.</remarks>
internal sealed class CleanupCommand(CliSurroundings surroundings)
{
    private readonly RunFlags _flags = new();
    private readonly Option<bool> _dryRun = RunFlags.Switch("--dry-run", "Only say what would be removed.");

    private readonly Option<bool> _all = RunFlags.Switch(
        "--all", "Remove what somebody may still want, too: pods kept for a look, jobs whose agent may come again, and the notes of agents that are gone.");

    public static Command Build(CliSurroundings surroundings)
    {
        var cleanup = new CleanupCommand(surroundings);
        var command = new Command("cleanup", "Remove pods, Secrets and Leases that agents and local runs left in a namespace and nobody looks after.")
        {
            cleanup._dryRun, cleanup._all, cleanup._flags.Config, cleanup._flags.Kubeconfig, cleanup._flags.Context, cleanup._flags.Namespace,
        };
        command.SetAction(cleanup.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var kubernetes = Read(result);
        using var connection = ClusterConnection.Open(kubernetes with { Kubeconfig = kubernetes.Kubeconfig ?? surroundings.Variable("KUBECONFIG") });
        var cleanup = new ClusterCleanup(connection, TimeProvider.System);
        var (found, isAll, isDry) = (await cleanup.FindAsync(cancellationToken), result.GetValue(_all), result.GetValue(_dryRun));
        var due = found.Where(left => isAll || !left.IsWanted).ToList();
        if (due.Count > 0)
        {
            Tables.Write(surroundings, ["kind", "name", "why"], due.Select(left => new[] { left.Kind, left.Name, left.Why }));
        }

        var failures = isDry ? 0 : await RemoveAsync(cleanup, due, cancellationToken);
        var place = $"namespace '{connection.Namespace}' of {connection.Server}";
        await surroundings.Out.WriteLineAsync(
            due.Count == 0 ? $"Nothing is left over in {place}."
            : isDry ? $"{due.Count} would be removed from {place}."
            : $"{due.Count - failures} removed from {place}.");
        if (found.Count > due.Count)
        {
            await surroundings.Out.WriteLineAsync($"{found.Count - due.Count} more may still be wanted: see 'runner cleanup --all --dry-run'.");
        }

        return failures == 0 ? ExitCodes.Success : ExitCodes.Unavailable;
    }

    private async Task<int> RemoveAsync(ClusterCleanup cleanup, List<LeftOver> due, CancellationToken cancellationToken)
    {
        var failures = 0;
        foreach (var left in due)
        {
            try
            {
                await cleanup.RemoveAsync(left, cancellationToken);
            }
            catch (InfrastructureException error)
            {
                failures++; // the others are not to stay for this one
                await surroundings.Error.WriteLineAsync($"{left.Kind} {left.Name} stays: {error.Message}");
            }
        }

        return failures;
    }

    private KubernetesOptions Read(ParseResult result)
    {
        var files = SettingsFiles.Read(surroundings, result.GetValue(_flags.Config));
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, SettingFlags.Read(result, _flags));
        return reading.Problems.Count > 0 ? throw new OperatorException(reading.Problems) : reading.Options.Kubernetes ?? new KubernetesOptions();
    }
}
