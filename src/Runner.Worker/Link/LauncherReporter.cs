using System.Text;
using Runner.Execution.Reporting;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Jobs;

namespace Runner.Worker.Link;

/// <summary>Tells whoever launched the worker of the job. A call waits while the launcher does not keep up (<see cref="EventPump"/>).</summary>
internal sealed class LauncherReporter(EventPump events, TimeProvider time) : IJobReporter
{
    /// <inheritdoc/>
    public void StepChanged(StepRecord record) => events.Write(new StepChangedEvent { Step = record });

    /// <inheritdoc/>
    public void WriteLine(StepId? step, ReadOnlySpan<byte> text) =>
        events.Write(new LineEvent { Step = step, Time = time.GetUtcNow(), Text = Encoding.UTF8.GetString(text) });

    /// <inheritdoc/>
    public void StepLogEnded(StepId step) => events.Write(new StepLogEndedEvent { Step = step });

    /// <inheritdoc/>
    public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown)
    {
        if (!markdown.IsEmpty)
        {
            events.Write(new SummaryEvent { Step = step, Markdown = Encoding.UTF8.GetString(markdown.Span) });
        }
    }
}
