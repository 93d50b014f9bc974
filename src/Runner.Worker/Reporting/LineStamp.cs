using System.Globalization;
using System.Text;

namespace Runner.Worker.Reporting;

/// <summary>
/// Writes the time in front of a log line: <c>2026-01-31T08:15:30.1234567Z </c> (<c>results-service.md</c> section 3.4). The part down to the
/// second is kept from line to line. For one thread at a time.
/// </summary>
internal sealed class LineStamp
{
    /// <summary>Bytes of a stamp with the space after it.</summary>
    public const int Length = 29;

    private const int SecondsLength = 20; // with the point
    private const int Digits = 7;

    private readonly byte[] _seconds = new byte[SecondsLength];
    private long _second = -1;

    /// <summary>Writes a moment.</summary>
    public void Write(DateTimeOffset moment, Span<byte> stamp)
    {
        var ticks = moment.UtcTicks;
        var (second, fraction) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        if (second != _second)
        {
            var text = new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'.'", CultureInfo.InvariantCulture);
            Encoding.ASCII.GetBytes(text, _seconds);
            _second = second;
        }

        _seconds.CopyTo(stamp);
        for (var place = SecondsLength + Digits - 1; place >= SecondsLength; place--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            stamp[place] = (byte)('0' + digit);
        }

        stamp[SecondsLength + Digits] = (byte)'Z';
        stamp[SecondsLength + Digits + 1] = (byte)' ';
    }
}
