namespace Runner.Execution.Steps;

/// <summary>What a step does once its conditions are met. One class for each kind of step.</summary>
internal interface IStepAction
{
    /// <summary>Does it.</summary>
    /// <param name="stop">Fires when the step has to end; the action then stops what it started and returns.</param>
    /// <returns>Whether it succeeded. What it returns after <paramref name="stop"/> fired does not count.</returns>
    /// <exception cref="Runner.Jobs.Errors.WorkflowException">The step cannot be done, for a reason its author can mend.</exception>
    /// <exception cref="Runner.Jobs.Errors.InfrastructureException">It cannot be done, for a reason outside of the workflow.</exception>
    Task<bool> RunAsync(StepRun run, CancellationToken stop);
}
