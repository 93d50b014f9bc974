using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Launch;

namespace Runner.Execution.Hooks;

/// <summary>A script of the operator's that runs around every job (<c>worker-semantics.md</c> section 9).</summary>
/// <param name="Step">The step that it runs in.</param>
/// <param name="StepName">Name of that step.</param>
/// <param name="Moment">When it runs, as the log says it.</param>
/// <param name="Variable">The variable that names it.</param>
/// <param name="File">The script.</param>
internal sealed record JobHook(RunnerStep Step, string StepName, string Moment, string Variable, string File)
{
    /// <summary>The hook before the first step, or <c>null</c>.</summary>
    public static JobHook? Started(JobScope job) => Find(job, RunnerStep.StartedHook, HookVariables.Started, "Set up runner", "started");

    /// <summary>The hook after the last step, or <c>null</c>.</summary>
    public static JobHook? Completed(JobScope job) => Find(job, RunnerStep.CompletedHook, HookVariables.Completed, "Complete runner", "completed");

    /// <summary>The hook of a step, or <c>null</c>.</summary>
    public static JobHook? Of(JobScope job, RunnerStep? step) => step == RunnerStep.StartedHook ? Started(job) : Completed(job);

    /// <summary>The step that runs it: always, and once.</summary>
    public PlannedStep ToStep(JobScope job, int number) => PlannedStep.OfRunner(job, Step, number, StepName, "always()");

    // Only what the operator gave the worker counts: a workflow cannot name a hook.
    private static JobHook? Find(JobScope job, RunnerStep step, string variable, string name, string moment) =>
        (job.Payload.Environment.GetValueOrDefault(variable) ?? job.Host.Environment.GetValueOrDefault(variable)) is { Length: > 0 } file
            ? new JobHook(step, name, moment, variable, file)
            : null;
}
