using System.Text;
using Runner.Execution.Processes;

namespace Runner.Execution.Tests.Processes;

/// <summary>Keeps lines; a test can wait for one.</summary>
internal sealed class RecordingSink : ILineSink
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Line, TaskCompletionSource Seen)> _waiters = [];

    public List<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public Task Seen(string line)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Contains(line))
            {
                seen.SetResult();
            }

            _waiters.Add((line, seen));
            return seen.Task;
        }
    }

    public void Line(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        lock (_lock)
        {
            _lines.Add(text);
            _waiters.Where(waiter => waiter.Line == text).ToList().ForEach(waiter => waiter.Seen.TrySetResult());
        }
    }

    public int TakeOverlong(ReadOnlySpan<byte> start)
    {
        Line(start[..^10]);
        return start.Length - 10;
    }
}
