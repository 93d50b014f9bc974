using Runner.Execution.Reporting;
using Runner.Jobs.Outcomes;
using Runner.Jobs;

namespace Runner.Worker.Reporting;

/// <summary>For a job whose message names no results service: its completion tells the steps, and its log has nowhere to go.</summary>
internal sealed class SilentReporter : IJobReporter
{
    /// <inheritdoc/>
    public void StepChanged(StepRecord record)
    {
    }

    /// <inheritdoc/>
    public void WriteLine(StepId? step, ReadOnlySpan<byte> text)
    {
    }

    /// <inheritdoc/>
    public void StepLogEnded(StepId step)
    {
    }

    /// <inheritdoc/>
    public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown)
    {
    }
}
