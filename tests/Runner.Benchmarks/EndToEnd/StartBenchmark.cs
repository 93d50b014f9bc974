using System.Globalization;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>
/// How long a job takes from the queue to its first shell, and from its last step's end to its completion; and what a one-step job costs.
/// </summary>
internal static class StartBenchmark
{
    private const int Jobs = 30;

    // A process's start is told in ticks of 10 ms, cut off: the mean is half of one too early.
    private const double HalfTick = 5;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var shell = await Shell.MeasureAsync(cancellationToken);
        Figures.PrintRatio(
            "runner-worker --version",
            [(await Shell.MeasureAsync($"{Artifacts.Worker} --version", cancellationToken)).Milliseconds],
            shell.Milliseconds,
            "1.5");

        await using var bench = await Bench.StartAsync(slots: 4, cancellationToken);
        var moments = Path.Combine(bench.Folder, "moments");
        List<double> start = [], end = [], worker = [], memory = [], processor = [];
        for (var i = 0; i < Jobs; i++)
        {
            // The step's parent is the worker.
            var before = bench.Agent.ProcessorTime;
            var (job, queued) = await bench.RunAsync(
                [$"t=$EPOCHREALTIME; up=$(cut -d' ' -f1 /proc/uptime); s=$(cut -d' ' -f22 /proc/$PPID/stat); m=$(sed -n 's/VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$PPID/status); printf '%s %s %s %s %s' $t $up $s $m $EPOCHREALTIME > {moments}"],
                cancellationToken);
            var parts = (await File.ReadAllTextAsync(moments, cancellationToken)).Split(' ');
            start.Add((Figures.Moment(parts[0]) - queued).TotalMilliseconds);
            worker.Add((1000 * Number(parts[1])) - (10 * Number(parts[2])) - HalfTick);
            memory.Add(Number(parts[3]) / 1024);
            if (job.CompletedAt is { } completed)
            {
                end.Add((completed - Figures.Moment(parts[4])).TotalMilliseconds);
            }

            processor.Add((bench.Agent.ProcessorTime - before).TotalMilliseconds);
        }

        // The first job pays for the agent's just-in-time compilation.
        Figures.PrintRatio("queued to the first step's shell", start[1..], shell.Milliseconds, "6");
        Figures.PrintRatio("worker's exec to the first step (clock of 10 ms)", worker[1..], shell.Milliseconds, "4");
        Figures.Print("last step's end to completion", "ms", end[1..], "150");
        Figures.PrintRatio("processor time of a job: agent, worker, step", [processor[1..].Average()], shell.Processor, "12");
        Figures.Print("worker's peak resident memory, a small job", "MiB", memory, "25");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
