using Runner.Workflows.Planning;

namespace Runner.Workflows.Runs;

/// <summary>Gathers what follows from one event of a run.</summary>
internal sealed class ChangeList
{
    public List<PlannedJob> Ready { get; } = [];

    public List<ConcludedJob> Concluded { get; } = [];

    public List<JobToCancel> ToCancel { get; } = [];

    public List<WaitingJob> Waiting { get; } = [];

    public RunChanges ToChanges() => new([.. Ready], [.. Concluded], [.. ToCancel.DistinctBy(job => job.Id)]) { Waiting = [.. Waiting] };
}
