using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

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
