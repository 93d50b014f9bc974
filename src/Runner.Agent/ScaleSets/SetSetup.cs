using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Runner.Agent.Pools;
using Runner.GitHub;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>Finds the scale set of a pool at GitHub, or makes it, and sees to its labels: GitHub uses a set as it was made, and drops labels in silence.</summary>
internal sealed class SetSetup(ScaleSetClient client, SetOwner owner, GitHubEndpoint endpoint, ILogger<SetSetup> logger)
{
    // The default group's id at organisations and enterprises; a repository has no other.
    private const int DefaultGroup = 1;

    /// <summary>The set, as it is then.</summary>
    /// <exception cref="OperatorException">GitHub refuses the credentials, or the group is unknown.</exception>
    /// <exception cref="ProtocolException">GitHub refuses the set.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public async Task<RunnerScaleSet> FindAsync(RunnerPool pool, CancellationToken cancellationToken)
    {
        var group = await GroupAsync(pool, cancellationToken);
        var name = owner.NameOf(pool.Name);
        var wanted = SetLabels.Of(pool.Name, pool.Labels, RuntimeInformation.OSArchitecture);
        var set = await client.FindAsync(group, name, cancellationToken);
        string? refused = null;
        if (set is null)
        {
            set = await client.CreateAsync(
                new RunnerScaleSet
                {
                    Name = name,
                    RunnerGroupId = group,
                    Labels = Wire(wanted),
                    RunnerSetting = new ScaleSetRunnerSetting { DisableUpdate = true },
                },
                cancellationToken);
            logger.ScaleSetMade(pool.Name, name, string.Join(", ", wanted));
        }
        else if (Differences(wanted, set) is { } found)
        {
            logger.ScaleSetDiffers(pool.Name, name, found);
            (set, refused) = await RepairAsync(set, wanted, cancellationToken);
        }

        if (Differences(wanted, set) is { } left)
        {
            logger.ScaleSetLabelsRefused(pool.Name, name, refused is null ? left : $"{left} ({refused})");
        }

        return set;
    }

    /// <summary>The set as it is, or <c>null</c>: there is none.</summary>
    /// <exception cref="OperatorException">As above.</exception>
    /// <exception cref="ProtocolException">As above.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    public async Task<RunnerScaleSet?> LookAsync(RunnerPool pool, CancellationToken cancellationToken) =>
        await client.FindAsync(await GroupAsync(pool, cancellationToken), owner.NameOf(pool.Name), cancellationToken);

    /// <summary>The set of a pool that the settings do not have, in whatever group; <c>null</c>: there is none.</summary>
    /// <exception cref="ProtocolException">As above.</exception>
    /// <exception cref="InfrastructureException">As above.</exception>
    public Task<RunnerScaleSet?> LookAsync(string pool, CancellationToken cancellationToken) =>
        client.FindAsync(group: null, owner.NameOf(pool), cancellationToken);

    private static string? Differences(ImmutableArray<string> wanted, RunnerScaleSet set) =>
        SetLabels.Differences(wanted, (set.Labels ?? []).Select(label => label.Name).OfType<string>());

    private static ImmutableArray<ScaleSetLabel> Wire(ImmutableArray<string> labels) => [.. labels.Select(label => new ScaleSetLabel("System", label))];

    private async Task<int> GroupAsync(RunnerPool pool, CancellationToken cancellationToken) =>
        pool.Group is null || endpoint.Scope == GitHubScope.Repository ? DefaultGroup : await client.FindGroupAsync(pool.Group, cancellationToken);

    // Not every server changes labels, and a set with the old ones is of use.
    private async Task<(RunnerScaleSet Set, string? Refused)> RepairAsync(RunnerScaleSet set, ImmutableArray<string> wanted, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.UpdateAsync(set.Id ?? 0, new RunnerScaleSet { Labels = Wire(wanted) }, cancellationToken), null);
        }
        catch (Exception refusal) when (refusal is ProtocolException or InfrastructureException)
        {
            return (set, refusal.Message);
        }
    }
}
