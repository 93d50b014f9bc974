using Runner.Jobs.Outcomes;
using Runner.Jobs;

namespace Runner.Execution.Reporting;

/// <summary>
/// Where a running job tells what happens. All text is masked before it comes here. Calls return at once, from any thread: an
/// implementation spools and sends in its own time, and whoever made it waits for its end.
/// </summary>
public interface IJobReporter
{
    /// <summary>A step was planned or changed. The record is its full present state.</summary>
    void StepChanged(StepRecord record);

    /// <summary>Adds a line to a step's log and to the job's.</summary>
    /// <param name="step">The step, or <c>null</c> for a line of the job alone.</param>
    /// <param name="text">The line as UTF-8, without time stamp and line end; copied before the call returns. Line feeds inside count as lines.</param>
    void WriteLine(StepId? step, ReadOnlySpan<byte> text);

    /// <summary>A step that comes later will have a log. A hint, for whoever has something to prepare.</summary>
    void StepLogExpected(StepId step)
    {
    }

    /// <summary>No further line comes for this step.</summary>
    void StepLogEnded(StepId step);

    /// <summary>A step's summary, Markdown as UTF-8, within the limits.</summary>
    void AddSummary(StepId step, ReadOnlyMemory<byte> markdown);
}
