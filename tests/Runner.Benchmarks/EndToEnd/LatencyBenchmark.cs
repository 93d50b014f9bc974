using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Emulator.Faults;
using Runner.Emulator.Options;

namespace Runner.Benchmarks.EndToEnd;

/// <summary>What a job costs in round trips: every call to GitHub takes 50 ms longer, as it does from afar, which this machine's own network hides.</summary>
internal static partial class LatencyBenchmark
{
    private const int Jobs = 10;
    private const double Delay = 50;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var calls = new ConcurrentQueue<AnsweredCall>();
        await using var bench = await Bench.StartAsync(slots: 1, cancellationToken, calls.Enqueue);
        await bench.RunAsync(["true"], cancellationToken); // the first job pays for the agent's just-in-time compilation
        bench.Emulator.AddFault(new Fault { Prefix = "/", DelayMilliseconds = Delay, Passes = true });

        // What is asked for while a step runs is there at its end only where the step takes longer than the call.
        var freed = await MeasureAsync(bench, calls, "a step of a moment", ":", freed: null, cancellationToken);
        await MeasureAsync(bench, calls, "a step of a second", "sleep 1", freed, cancellationToken);
    }

    private static async Task<DateTimeOffset?> MeasureAsync(
        Bench bench, ConcurrentQueue<AnsweredCall> calls, string what, string command, DateTimeOffset? freed, CancellationToken cancellationToken)
    {
        var moments = Path.Combine(bench.Folder, "moments");
        List<double> start = [], end = [], tail = [], next = [], count = [], workers = [];
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Jobs; i++)
        {
            await bench.AwaitPollAsync(calls, freed, cancellationToken);
            calls.Clear();
            var (job, queued) = await bench.RunAsync(
                [$"printf '%s ' $EPOCHREALTIME > {moments}; {command}; printf '%s' $EPOCHREALTIME >> {moments}"], cancellationToken);
            var parts = (await File.ReadAllTextAsync(moments, cancellationToken)).Split(' ');
            var (began, ended) = (Figures.Moment(parts[0]), Figures.Moment(parts[1]));
            freed = job.CompletedAt ?? throw new InvalidOperationException("The job has no end");
            start.Add((began - queued).TotalMilliseconds);
            end.Add((freed.Value - ended).TotalMilliseconds);
            tail.Add(Sequence(calls.Where(IsWorkers), ended, freed.Value));
            next.Add((await bench.AwaitPollAsync(calls, freed, cancellationToken) - freed.Value).TotalMilliseconds);
            count.Add(calls.Count);
            workers.Add(calls.Count(IsWorkers));
            foreach (var call in calls)
            {
                var kind = $"{call.Method} {Ids().Replace(call.Path, "*")}";
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }

        Console.WriteLine(what);
        Figures.Print("queued to the first step's shell", "ms", start, "-");
        Figures.Print("last step's end to completion", "ms", end, "-");
        Figures.Print("  the same in calls, one after the other", "calls", tail, "3");
        Figures.Print("slot free to its next poll", "ms", next, "100");
        Figures.Print("calls of a job and its runner", "calls", count, "14");
        Figures.Print("  of these its worker's", "calls", workers, "14");
        foreach (var (kind, times) in kinds.OrderByDescending(kind => kind.Value))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(double)times / Jobs,5:0.0} x {kind}"));
        }

        return freed;
    }

    // The agent's are beside them: it takes the job, and gets the next runner ready.
    private static bool IsWorkers(AnsweredCall call) => !call.Path.EndsWith("/acquirejob", StringComparison.Ordinal)
        && new[] { "/twirp/", "/blobs/", "/run-service/", "/_ws/" }.Any(prefix => call.Path.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The longest chain of calls, each begun after the one before it had ended.</summary>
    private static double Sequence(IEnumerable<AnsweredCall> calls, DateTimeOffset from, DateTimeOffset to)
    {
        var (length, last) = (0, from);
        foreach (var call in calls.Where(call => call.Began >= from && call.Began <= to && call.Method != "GET").OrderBy(call => call.Ended))
        {
            if (call.Began >= last)
            {
                (length, last) = (length + 1, call.Ended);
            }
        }

        return length;
    }

    /// <summary>Waits until the agent's runner has been polling since a moment; gives when it began to.</summary>
    private static async Task<DateTimeOffset> AwaitPollAsync(
        this Bench bench, ConcurrentQueue<AnsweredCall> calls, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (true)
        {
            // The session that is opened last is followed by its poll, which is told only once it is answered.
            if (since is null || calls.Any(call => call is { Method: "POST" } && call.Path.EndsWith("/session", StringComparison.Ordinal) && call.Began >= since))
            {
                var opened = calls.LastOrDefault(call => call is { Method: "POST" } && call.Path.EndsWith("/session", StringComparison.Ordinal))?.Ended;
                if (opened is { } moment || since is null)
                {
                    return opened ?? TimeProvider.System.GetUtcNow();
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,}|(?<=/)[0-9]+(?=/|$)")]
    private static partial Regex Ids();
}
