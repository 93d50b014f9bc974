using System.Collections.Immutable;
using System.Text;
using Runner.Execution.Reporting;
using Runner.Jobs.Outcomes;
using Runner.Jobs;

namespace Runner.Execution.Tests;

/// <summary>Keeps what a job told. As the real one, it copies lines before it returns and takes calls from any thread.</summary>
internal sealed class RecordingReporter : IJobReporter
{
    private readonly Lock _lock = new();
    private readonly List<(StepId? Step, string Text)> _lines = [];
    private readonly List<StepRecord> _changes = [];
    private readonly Dictionary<StepId, string> _summaries = [];
    private readonly List<StepId> _ended = [];
    private readonly List<(StepId Step, int Changes)> _expected = [];
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource Seen)> _waiters = [];
    private readonly List<(Func<StepRecord, bool> Matches, TaskCompletionSource Seen)> _stepWaiters = [];

    public IReadOnlyList<StepRecord> Changes => Copy(_changes);

    /// <summary>Logs that were told ahead, with the number of changes that were told before.</summary>
    public IReadOnlyList<(StepId Step, int Changes)> ExpectedLogs => Copy(_expected);

    public IReadOnlyList<StepId> EndedLogs => Copy(_ended);

    public IReadOnlyDictionary<StepId, string> Summaries => _summaries;

    /// <summary>All lines of the job, in order.</summary>
    public IReadOnlyList<string> Lines => [.. Copy(_lines).Select(line => line.Text)];

    public IReadOnlyList<string> LinesOf(StepId step) => [.. Copy(_lines).Where(line => line.Step == step).Select(line => line.Text)];

    /// <summary>Completes when a line matches, or did so before.</summary>
    public Task Seen(Func<string, bool> matches)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Exists(line => matches(line.Text)))
            {
                seen.SetResult();
            }

            _waiters.Add((matches, seen));
            return seen.Task;
        }
    }

    /// <summary>Completes when a step is told that matches.</summary>
    public Task Changed(Func<StepRecord, bool> matches)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _stepWaiters.Add((matches, seen));
            return seen.Task;
        }
    }

    public void StepChanged(StepRecord record)
    {
        lock (_lock)
        {
            _changes.Add(record);
            foreach (var (_, seen) in _stepWaiters.Where(waiter => waiter.Matches(record)))
            {
                seen.TrySetResult();
            }
        }
    }

    public void WriteLine(StepId? step, ReadOnlySpan<byte> text)
    {
        var line = Encoding.UTF8.GetString(text);
        lock (_lock)
        {
            _lines.Add((step, line));
            foreach (var (_, seen) in _waiters.Where(waiter => waiter.Matches(line)))
            {
                seen.TrySetResult();
            }
        }
    }

    public void StepLogExpected(StepId step)
    {
        lock (_lock)
        {
            _expected.Add((step, _changes.Count));
        }
    }

    public void StepLogEnded(StepId step)
    {
        lock (_lock)
        {
            _ended.Add(step);
        }
    }

    public void AddSummary(StepId step, ReadOnlyMemory<byte> markdown)
    {
        lock (_lock)
        {
            _summaries[step] = Encoding.UTF8.GetString(markdown.Span);
        }
    }

    private ImmutableArray<T> Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
