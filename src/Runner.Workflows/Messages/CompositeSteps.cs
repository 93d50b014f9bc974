using System.Collections.Immutable;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Actions;

namespace Runner.Workflows.Messages;

/// <summary>Steps of composite actions.</summary>
public static class CompositeSteps
{
    /// <summary>The steps in the form in which a job's message carries its own.</summary>
    /// <param name="runs">The action.</param>
    /// <param name="parent">The step that runs the action: the ids of the inner steps' records are made from it.</param>
    public static ImmutableArray<JobStep> ToJobSteps(this CompositeRuns runs, StepId parent)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return StepMessages.Build(runs.Steps, parent.Value);
    }
}
