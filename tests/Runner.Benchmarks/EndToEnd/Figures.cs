using System.Globalization;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>Prints measurements: median, 95th percentile and the range.</summary>
internal static class Figures
{
    public static void Print(string what, string unit, IReadOnlyCollection<double> values, string target)
    {
        var sorted = values.Order().ToArray();
        var text = sorted.Length == 1
            ? Format(sorted[0])
            : $"median {Format(sorted[sorted.Length / 2])}, p95 {Format(sorted[(int)((sorted.Length - 1) * 0.95)])}, {Format(sorted[0])} to {Format(sorted[^1])}";
        Console.WriteLine($"{what,-52} {text} {unit}  (target {target}, n={sorted.Length})");
    }

    /// <summary>Prints measurements, and what they are of <c>bash -c :</c> in the same run: machines differ, ratios hardly.</summary>
    public static void PrintRatio(string what, IReadOnlyCollection<double> milliseconds, double shell, string target)
    {
        Print(what, "ms", milliseconds, "-");
        var median = milliseconds.Order().ElementAt(milliseconds.Count / 2);
        Console.WriteLine($"{string.Empty,-52} = {Format(median / shell)} x bash -c : of {Format(shell)} ms  (target {target})");
    }

    /// <summary>A moment that bash wrote as <c>$EPOCHREALTIME</c>.</summary>
    public static DateTimeOffset Moment(string text) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)(decimal.Parse(text.Trim(), CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));

    private static string Format(double value) => value.ToString(value >= 1000 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
