using System.Globalization;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;

namespace Runner.Execution.Actions;

/// <summary>The lines of a log by which GitHub shows the steps of a composite action; written where GitHub asks for them.</summary>
internal sealed class CompositeMarks
{
    private const string Feature = "actions_runner_emit_composite_markers";

    private readonly StepTask _task;
    private readonly TimeProvider _time;
    private readonly long _started;

    private CompositeMarks(StepTask task)
    {
        _task = task;
        _time = task.Level.Job.Host.Time;
        _started = _time.GetTimestamp();
    }

    private string Id => string.Join('.', Path(_task.Use).Reverse());

    /// <summary>Marks the start of an inner step; <c>null</c>: the job has no marks.</summary>
    public static CompositeMarks? Start(StepTask task)
    {
        if (!task.Level.Job.Message.IsFeatureOn(Feature))
        {
            return null;
        }

        var marks = new CompositeMarks(task);
        task.Log.Write($"##[start-action display={Escape(task.Name)};id={Escape(marks.Id)}]");
        return marks;
    }

    /// <summary>Marks its end.</summary>
    public void End(StepEnd end)
    {
        var milliseconds = ((long)_time.GetElapsedTime(_started).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        _task.Log.Write(
            $"##[end-action id={Escape(Id)};outcome={StatusText.Of(end.Outcome)};conclusion={StatusText.Of(end.Conclusion)};duration_ms={milliseconds}]");
    }

    private static IEnumerable<string> Path(StepUse? use)
    {
        for (; use is not null; use = use.Parent)
        {
            yield return use.Step.ContextName ?? string.Empty;
        }
    }

    private static string Escape(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace(";", "%3B", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal)
        .Replace("]", "%5D", StringComparison.Ordinal);
}
