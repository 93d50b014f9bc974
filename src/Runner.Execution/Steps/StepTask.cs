using Runner.Execution.Reporting;
using Runner.Jobs;

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
