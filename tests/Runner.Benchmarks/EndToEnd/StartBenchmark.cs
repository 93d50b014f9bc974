namespace Runner.Benchmarks.EndToEnd;

/// <summary>How long a job takes from the queue to its first shell, and from its last step's end to its completion.</summary>
internal static class StartBenchmark
{
    private const int Jobs = 30;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(slots: 4, cancellationToken);
        var moments = Path.Combine(bench.Folder, "moments");
        List<double> start = [], end = [], worker = [], memory = [];
        for (var i = 0; i < Jobs; i++)
        {
            // The step's parent is the worker: its start time is in ticks of 10 ms since the machine's start.
            var (job, queued) = await bench.RunAsync(
                [$"t=$EPOCHREALTIME; up=$(cut -d' ' -f1 /proc/uptime); s=$(cut -d' ' -f22 /proc/$PPID/stat); m=$(sed -n 's/VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$PPID/status); printf '%s %s %s %s %s' $t $up $s $m $EPOCHREALTIME > {moments}"],
                cancellationToken);
            var parts = (await File.ReadAllTextAsync(moments, cancellationToken)).Split(' ');
            start.Add((Figures.Moment(parts[0]) - queued).TotalMilliseconds);
            worker.Add((1000 * double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))
                - (10 * double.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)));
            memory.Add(double.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture) / 1024);
            if (job.CompletedAt is { } completed)
            {
                end.Add((completed - Figures.Moment(parts[4])).TotalMilliseconds);
            }
        }

        // The first job pays for the agent's just-in-time compilation.
        Figures.Print("queued to the first step's shell", "ms", start[1..], "150");
        Figures.Print("worker's exec to the first step (clock of 10 ms)", "ms", worker[1..], "40");
        Figures.Print("last step's end to completion", "ms", end[1..], "150");
        Figures.Print("worker's peak resident memory, a small job", "MiB", memory, "25");
    }
}
