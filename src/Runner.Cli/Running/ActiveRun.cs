using Runner.Jobs;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Cli.Running;

/// <summary>A run that the engine drives.</summary>
internal sealed class ActiveRun(RunPlan plan, RunState state, DateTimeOffset startedAt)
{
    /// <summary>What the run does.</summary>
    public RunPlan Plan { get; } = plan;

    /// <summary>How far it is.</summary>
    public RunState State { get; } = state;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>Id of its plan in job messages.</summary>
    public PlanId PlanId { get; } = new(Guid.NewGuid());

    /// <summary>Whether its end was told.</summary>
    public bool IsEnded { get; set; }

    /// <summary>A job of it as events name it.</summary>
    public LocalJobId Job(PlannedJobId id, string displayName) => new(Plan.Workflow.Path, Plan.Workflow.DisplayName, id.ToString(), displayName);
}
