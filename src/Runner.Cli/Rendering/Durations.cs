using System.Globalization;

namespace Runner.Cli.Rendering;

/// <summary>Times as people read them.</summary>
internal static class Durations
{
    /// <summary><c>0.4s</c>, <c>12s</c>, <c>3m 05s</c>, <c>1h 02m</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1}s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}m {time.Seconds:D2}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}h {time.Minutes:D2}m"),
    };
}
