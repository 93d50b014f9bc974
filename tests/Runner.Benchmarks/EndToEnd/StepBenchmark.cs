namespace Runner.Benchmarks.EndToEnd;

/// <summary>What a <c>run:</c> step costs, with its shell.</summary>
internal static class StepBenchmark
{
    private const int Steps = 100;
    private const int Jobs = 5;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var shell = await Shell.MeasureAsync(cancellationToken);
        await using var bench = await Bench.StartAsync(slots: 2, cancellationToken);
        var moment = Path.Combine(bench.Folder, "moment");
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

        Figures.PrintRatio($"a run: step with its shell, over {Steps} steps", perStep, shell.Milliseconds, "1.3");
    }
}
