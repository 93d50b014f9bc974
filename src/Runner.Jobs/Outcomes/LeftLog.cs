namespace Runner.Jobs.Outcomes;

/// <summary>The one property by which an <see cref="UnsentLog"/> is found, alone or in a <see cref="WorkerOutcome"/>.</summary>
public sealed record LeftLog
{
    /// <summary>What was left, or <c>null</c>: nothing.</summary>
    public UnsentLog? Unsent { get; init; }
}
