using Runner.Execution.Reporting;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

/// <summary>One stage of a step, to be run.</summary>
/// <param name="Use">The step.</param>
/// <param name="Stage">Which stage.</param>
/// <param name="Level">Where it runs.</param>
/// <param name="Log">Where its output goes; the steps of a composite action share that of the step around them.</param>
/// <param name="Record">Id of the record that the log belongs to.</param>
/// <param name="Number">Place of that record among the steps shown.</param>
/// <param name="Name">Its shown name.</param>
internal sealed record StepTask(StepUse Use, StepStage Stage, StepLevel Level, StepLog Log, StepId Record, int Number, string Name)
{
    /// <summary>Whether a cancelled job stops it although its condition still holds.</summary>
    public bool StopsWithJob { get; init; }
}

/// <summary>How a stage of a step ended.</summary>
/// <param name="Outcome">Before <c>continue-on-error</c>.</param>
/// <param name="Conclusion">After it.</param>
/// <param name="Outputs">What it set.</param>
/// <param name="IsUnrunnable">Whether it could not even be decided if it is to run: its condition or its environment is not valid.</param>
internal sealed record StepEnd(
    Conclusion Outcome, Conclusion Conclusion, IReadOnlyDictionary<string, string> Outputs, bool IsUnrunnable = false)
{
    /// <summary>The end of a step whose outcome nothing changes.</summary>
    public static StepEnd Of(Conclusion outcome, IReadOnlyDictionary<string, string> outputs) => new(outcome, outcome, outputs);
}
