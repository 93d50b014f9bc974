using System.Collections.Immutable;
using Runner.Emulator.Runners;
using Runner.Jobs;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>A scale set. Not thread-safe: <see cref="ScaleSetBoard"/> guards it.</summary>
internal sealed class ScaleSetState(int id, string scope, DateTimeOffset createdOn)
{
    public int Id => id;

    /// <summary>The organisation, repository or enterprise.</summary>
    public string Scope => scope;

    public DateTimeOffset CreatedOn => createdOn;

    public required string Name { get; set; }

    public required int GroupId { get; set; }

    /// <summary>Labels, at least one.</summary>
    public required ImmutableArray<string> Labels { get; set; }

    /// <summary>Whether its runners are never updated.</summary>
    public bool DisableUpdate { get; set; }

    public SetSession? Session { get; set; }

    /// <summary>The poll that waits, or <c>null</c>.</summary>
    public SetPoll? Poll { get; set; }

    public MessageQueue Queue { get; } = new();

    /// <summary>Jobs that were offered and not acquired, and until when they are not offered again.</summary>
    public Dictionary<JobId, DateTimeOffset> Offers { get; } = [];

    /// <summary>The set as a runner would be that stands for all of its runners.</summary>
    public RunnerRecord AsRunner(Uri address) => new()
    {
        Name = Name,
        Scope = Scope,
        GroupId = GroupId,
        Labels = [.. Labels.Select(label => new RunnerLabel(0, label, IsSystem: true))],
        IsEphemeral = true,
        PublicKey = default,
        AuthorizationUrl = address,
    };
}

/// <summary>A message session.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Owner">Who opened it.</param>
/// <param name="LastSeen">When its last poll ended, or it was opened.</param>
internal sealed record SetSession(Guid Id, string? Owner, DateTimeOffset LastSeen);

/// <summary>A poll that waits.</summary>
/// <param name="Cursor">It wants messages after this one.</param>
/// <param name="Capacity">Most jobs that the set may have.</param>
internal sealed record SetPoll(long Cursor, int Capacity)
{
    /// <summary>Its answer; <c>null</c>: nothing came.</summary>
    public TaskCompletionSource<ScaleSetMessage?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
