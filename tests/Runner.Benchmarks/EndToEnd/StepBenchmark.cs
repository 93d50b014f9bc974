using System.Diagnostics;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>What a <c>run:</c> step costs beyond its shell.</summary>
internal static class StepBenchmark
{
    private const int Steps = 200;
    private const int Jobs = 5;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(slots: 2, cancellationToken);
        var moment = Path.Combine(bench.Folder, "moment");
        var shell = await ShellMillisecondsAsync(bench.Folder, cancellationToken);
        List<double> perStep = [];
        for (var i = 0; i < Jobs; i++)
        {
            await bench.RunAsync(
                [$"echo $EPOCHREALTIME > {moment}1", .. Enumerable.Repeat(":", Steps - 1), $"echo $EPOCHREALTIME > {moment}2"],
                cancellationToken);
            var first = Figures.Moment(await File.ReadAllTextAsync(moment + "1", cancellationToken));
            var last = Figures.Moment(await File.ReadAllTextAsync(moment + "2", cancellationToken));
            perStep.Add((last - first).TotalMilliseconds / Steps);
        }

        Figures.Print("a run: step with its shell", "ms", perStep, "-");
        Figures.Print("the shell alone, started by a shell", "ms", [shell], "-");
        Figures.Print("a run: step beyond its shell's own start", "ms", [.. perStep.Select(step => step - shell)], "5");
    }

    private static async Task<double> ShellMillisecondsAsync(string folder, CancellationToken cancellationToken)
    {
        var script = Path.Combine(folder, "empty.sh");
        await File.WriteAllTextAsync(script, ":\n", cancellationToken);
        var start = TimeProvider.System.GetTimestamp();
        using var loop = Process.Start("bash", ["-c", $"for i in {{1..{Steps}}}; do bash --noprofile --norc -e -o pipefail {script}; done"]);
        await loop.WaitForExitAsync(cancellationToken);
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds / Steps;
    }
}
