using System.Collections.Immutable;

namespace Runner.Workflows.Planning;

/// <summary>What becomes of a job once all that it needs has ended.</summary>
internal abstract record JobDecision
{
    /// <summary>Its <c>if</c> is false.</summary>
    public sealed record Skip : JobDecision;

    /// <summary>It cannot run, and why.</summary>
    public sealed record Fail(string Reason) : JobDecision;

    /// <summary>Of a preview: what becomes of it hangs on outputs, by these keys.</summary>
    public sealed record Unknown(ImmutableArray<string> Keys) : JobDecision;

    /// <summary>It runs, once or as the legs of its matrix.</summary>
    public sealed record Run(ImmutableArray<PlannedLeg> Legs, bool FailFast, int MaxParallel) : JobDecision;
}
