using System.Diagnostics;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>The measure that all times are held against: what this machine needs for <c>bash -c :</c>.</summary>
/// <param name="Milliseconds">From fork to the end, by the clock.</param>
/// <param name="Processor">Processor time of it.</param>
internal sealed record Shell(double Milliseconds, double Processor)
{
    private const int Rounds = 200;

    /// <summary>Measures it.</summary>
    public static Task<Shell> MeasureAsync(CancellationToken cancellationToken) => MeasureAsync("bash -c :", cancellationToken);

    /// <summary>Measures a command: a shell starts it again and again, so that only the command's own start counts.</summary>
    public static async Task<Shell> MeasureAsync(string command, CancellationToken cancellationToken)
    {
        var script = $"t=$EPOCHREALTIME; for i in {{1..{Rounds}}}; do {command} >/dev/null; done; echo $t $EPOCHREALTIME; times";
        using var loop = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("bash does not start");
        var lines = (await loop.StandardOutput.ReadToEndAsync(cancellationToken)).Split('\n');
        await loop.WaitForExitAsync(cancellationToken);
        var moments = lines[0].Split(' ');
        return new Shell(
            (Figures.Moment(moments[1]) - Figures.Moment(moments[0])).TotalMilliseconds / Rounds,
            lines[2].Split(' ').Sum(Seconds) * 1000 / Rounds);
    }

    // As `times` writes it: 0m1.234s.
    private static double Seconds(string text)
    {
        var parts = text.Trim().TrimEnd('s').Split('m');
        return (60 * Number(parts[0])) + Number(parts[1]);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
