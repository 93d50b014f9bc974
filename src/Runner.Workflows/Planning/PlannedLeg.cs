namespace Runner.Workflows.Planning;

/// <summary>One leg of a job that runs.</summary>
/// <param name="Id">Which one it is.</param>
/// <param name="DisplayName">Shown name.</param>
/// <param name="Concurrency">Its concurrency group, or <c>null</c>.</param>
internal abstract record PlannedLeg(PlannedJobId Id, string DisplayName, ConcurrencyRequest? Concurrency)
{
    /// <summary>Steps to run.</summary>
    public sealed record Job(PlannedJob Planned) : PlannedLeg(Planned.Id, Planned.DisplayName, Planned.Concurrency);

    /// <summary>A workflow to call.</summary>
    public sealed record Call(PlannedJobId Id, string DisplayName, ConcurrencyRequest? Concurrency, WorkflowScope Scope)
        : PlannedLeg(Id, DisplayName, Concurrency);
}
