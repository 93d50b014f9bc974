using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Rendering;
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
        var kubernetes = SettingFlags.Settings(result, _flags, surroundings).Kubernetes ?? new KubernetesOptions();
        using var connection = ClusterConnection.Open(kubernetes with { Kubeconfig = kubernetes.Kubeconfig ?? surroundings.Variable("KUBECONFIG") });
        var cleanup = new ClusterCleanup(connection);
        var found = await cleanup.FindAsync(await cleanup.ReadTimeAsync(cancellationToken), cancellationToken);
        var (isAll, isDry) = (result.GetValue(_all), result.GetValue(_dryRun));
        var due = found.Where(left => isAll || !left.IsWanted).ToList();
        if (due.Count > 0)
        {
            Tables.Write(surroundings, ["kind", "name", "why"], due.Select(left => new[] { left.Kind, left.Name, left.Why }));
        }

        var (removed, failures) = isDry ? (0, 0) : await RemoveAsync(cleanup, due, cancellationToken);
        var place = $"namespace '{connection.Namespace}' of {connection.Server}";
        await surroundings.Out.WriteLineAsync(
            due.Count == 0 ? $"Nothing is left over in {place}."
            : isDry ? $"{due.Count} would be removed from {place}."
            : $"{removed} removed from {place}.");
        if (found.Count > due.Count)
        {
            await surroundings.Out.WriteLineAsync($"{found.Count - due.Count} more may still be wanted: see 'runner cleanup --all --dry-run'.");
        }

        return failures == 0 ? ExitCodes.Success : ExitCodes.Unavailable;
    }

    private async Task<(int Removed, int Failures)> RemoveAsync(ClusterCleanup cleanup, List<LeftOver> due, CancellationToken cancellationToken)
    {
        var (removed, failures) = (0, 0);
        foreach (var left in due)
        {
            try
            {
                if (await cleanup.RemoveAsync(left, cancellationToken))
                {
                    removed++;
                }
                else
                {
                    await surroundings.Error.WriteLineAsync($"{left.Kind} {left.Name} has changed since it was seen, or is gone already");
                }
            }
            catch (InfrastructureException error)
            {
                failures++; // the others are not to stay for this one
                await surroundings.Error.WriteLineAsync($"{left.Kind} {left.Name} stays: {error.Message}");
            }
        }

        return (removed, failures);
    }
}
