using System.Globalization;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>How fast a step's output reaches GitHub, both copies of the log complete, and what memory that takes.</summary>
internal static class LineBenchmark
{
    private const int Lines = 200_000;
    private const int Jobs = 5;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(slots: 2, cancellationToken);
        var memory = Path.Combine(bench.Folder, "memory");
        List<double> rate = [], peak = [];
        for (var i = 0; i <= Jobs; i++)
        {
            var (job, queued) = await bench.RunAsync(
                [$"seq -f 'line %.0f of the output of a step that prints a lot' 1 {Lines}", $"sed -n 's/VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$PPID/status > {memory}"],
                cancellationToken);
            var (ofJob, ofSteps) = await bench.CountLinesAsync(job, cancellationToken);
            if (ofJob < Lines || ofSteps < Lines)
            {
                throw new InvalidOperationException($"Lines are missing: {ofJob} in the job's log, {ofSteps} in the steps'");
            }

            if (i > 0 && job.CompletedAt is { } completed)
            {
                rate.Add(Lines / (completed - queued).TotalSeconds);
                peak.Add(double.Parse(await File.ReadAllTextAsync(memory, cancellationToken), CultureInfo.InvariantCulture) / 1024);
            }
        }

        Figures.Print("log lines, from queued to completed", "lines/s", rate, "200,000");
        Figures.Print($"worker's peak resident memory, {Lines} lines", "MiB", peak, "40");
    }
}
