using Runner.Execution.Commands;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;

namespace Runner.Execution.Output;

/// <summary>Takes what a step's process prints: workflow commands are carried out, the rest goes to the log.</summary>
internal sealed class StepOutput(StepScope step) : ILineSink
{
    private readonly CommandDispatcher _commands = new(step);
    private readonly StepMatchers _matchers = new(step);

    /// <inheritdoc/>
    public void Line(ReadOnlySpan<byte> line)
    {
        var mayHoldCommand = CommandParser.MayHoldCommand(line);
        if ((mayHoldCommand && _commands.TryHandle(line)) || _matchers.TryHandle(line))
        {
            return;
        }

        // Nearly every line ends here.
        if (!mayHoldCommand)
        {
            step.Log.Write(line);
        }
        else
        {
            WriteDefused(line);
        }
    }

    /// <inheritdoc/>
    public int TakeOverlong(ReadOnlySpan<byte> start) => step.Log.WriteOverlong(start);

    // GitHub reads these marks in a log as the bounds of an inner action; a step's own output must not fake them.
    private void WriteDefused(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("##[start-action"u8) < 0 && line.IndexOf("##[end-action"u8) < 0)
        {
            step.Log.Write(line);
            return;
        }

        step.Log.Write(System.Text.Encoding.UTF8.GetString(line)
            .Replace("##[start-action", @"##[\start-action", StringComparison.Ordinal)
            .Replace("##[end-action", @"##[\end-action", StringComparison.Ordinal));
    }
}
