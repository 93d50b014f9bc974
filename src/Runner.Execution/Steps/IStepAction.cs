using Runner.Expressions;
using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>What a step does once its conditions are met. One class for each kind of step.</summary>
internal interface IStepAction
{
    /// <summary>Does it.</summary>
    /// <param name="stop">Fires when the step has to end; the action then stops what it started and returns.</param>
    /// <returns>Whether it succeeded. What it returns after <paramref name="stop"/> fired does not count.</returns>
    /// <exception cref="Runner.Jobs.Errors.WorkflowException">The step cannot be done, for a reason its author can mend.</exception>
    Task<bool> RunAsync(StepRun run, CancellationToken stop);
}

/// <summary>What an action needs of its step.</summary>
/// <param name="Step">The step as the message has it.</param>
/// <param name="Scope">Where commands leave what they set.</param>
/// <param name="Number">Place among the steps shown.</param>
/// <param name="GitHub">The step's <c>github</c> context.</param>
/// <param name="Contexts">What its expressions can see.</param>
internal sealed record StepRun(JobStep Step, StepScope Scope, int Number, ObjectValue GitHub, EvaluationContext Contexts);
