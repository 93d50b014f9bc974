using System.Globalization;
using System.Text;

namespace Runner.Worker.Link;

/// <summary>
/// Prints the job's log on the worker's standard output, too, masked and without times, for those who gather the logs of containers. It never holds up a
/// step: where nobody takes what is printed, lines are left out, and counted once somebody does.
/// </summary>
internal sealed class LogMirror(EventPump output)
{
    private long _missed;

    /// <summary>Prints a line. From one thread at a time.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        if (_missed > 0)
        {
            var note = string.Create(CultureInfo.InvariantCulture, $"##[warning]{_missed} line(s) are missing here: they were not taken in time");
            if (!output.TryWrite(Encoding.UTF8.GetBytes(note)))
            {
                _missed++;
                return;
            }

            _missed = 0;
        }

        if (!output.TryWrite(text))
        {
            _missed++;
        }
    }
}
