using System.Collections.Immutable;
using System.Globalization;
using Runner.Agent.Board;
using Runner.Kubernetes.Options;

namespace Runner.Cli.Agents;

/// <summary>Which requests the last runs of jobs would have needed. Pure.</summary>
/// <remarks>
/// <para>
/// Memory: the highest peak and a quarter, rounded up, as request and limit alike; what has no room for its memory is killed, so the worst run counts. A run that was
/// killed for want of memory would have needed more than it had, and half as much again is tried.
/// </para>
/// <para>
/// CPU: what nine runs in ten used on average, and a tenth, as request. There is no advice of a limit: a job without enough of it is slow, not dead, and takes what its node has left.
/// </para>
/// </remarks>
internal static class UsageAdvice
{
    /// <summary>Fewer runs than these say little.</summary>
    public const int EnoughRuns = 5;

    private const string CpuKey = "cpu=";
    private const string MemoryKey = "memory=";
    private const decimal Mebi = 1024 * 1024;
    private const decimal Gibi = 1024 * Mebi;
    private const decimal MemoryMargin = 1.25m;
    private const decimal AfterKill = 1.5m;
    private const decimal CpuMargin = 1.1m;

    // A rounding that grows with the amount: up to here in such steps.
    private static readonly (decimal UpTo, decimal Step)[] MemorySteps = [(Gibi, 128 * Mebi), (4 * Gibi, 256 * Mebi), (16 * Gibi, Gibi), (decimal.MaxValue, 4 * Gibi)];
    private static readonly (decimal UpTo, decimal Step)[] CpuSteps = [(1, 0.1m), (4, 0.25m), (decimal.MaxValue, 1)];

    /// <summary>The advice on each job.</summary>
    /// <param name="jobs">What they used.</param>
    /// <param name="sizesOf">Sizes of a pool, as labels; empty: it has none.</param>
    public static ImmutableArray<JobAdvice> Of(IEnumerable<UsedJob> jobs, Func<string, IReadOnlyCollection<string>> sizesOf) =>
        [.. jobs.Where(job => !job.Runs.IsEmpty).Select(job => Of(job, sizesOf(job.Pool)))];

    /// <summary>A quantity of memory as it is written: <c>768Mi</c>, <c>2Gi</c>.</summary>
    public static string Memory(decimal bytes) => bytes % Gibi == 0 && bytes > 0 ? Text(bytes / Gibi, "Gi") : Text(Math.Ceiling(bytes / Mebi), "Mi");

    /// <summary>A quantity of CPU as it is written: <c>250m</c>, <c>2</c>.</summary>
    public static string Cpu(decimal cores) => cores % 1 == 0 ? Text(cores, string.Empty) : Text(Math.Ceiling(cores * 1000), "m");

    private static JobAdvice Of(UsedJob job, IReadOnlyCollection<string> sizes)
    {
        var peaks = job.Runs.Select(run => (decimal?)run.PeakMemoryBytes).OfType<decimal>().Order().ToList();
        var cores = job.Runs.Select(CoresOf).OfType<decimal>().Order().ToList();
        var limit = job.Runs[^1].MemoryLimitBytes ?? job.Resources?.MemoryLimit;
        var memory = MemoryFor(job, peaks);
        decimal? cpu = cores.Count == 0 ? null : RoundUp(Percentile(cores, 0.9m) * CpuMargin, CpuSteps);
        return new JobAdvice
        {
            Pool = job.Pool,
            Repository = job.Repository,
            Workflow = job.Workflow,
            Name = job.Name,
            Runs = job.Runs.Length,
            OutOfMemory = job.Runs.Count(run => run.IsOutOfMemory),
            MeanCores = cores.Count == 0 ? null : Math.Round(cores.Average(), 2),
            PeakP95 = peaks.Count == 0 ? null : (long)Percentile(peaks, 0.95m),
            PeakMax = peaks.Count == 0 ? null : (long)peaks[^1],
            PeakStep = job.Runs.Where(run => run.PeakMemoryBytes is not null).OrderByDescending(run => run.PeakMemoryBytes).Select(run => run.PeakStep).FirstOrDefault(),
            CpuRequestNow = job.Resources?.CpuRequest,
            CpuLimitNow = job.Resources?.CpuLimit,
            MemoryRequestNow = job.Resources?.MemoryRequest,
            MemoryLimitNow = limit,
            Cpu = cpu,
            Memory = memory,
            HasSizes = sizes.Count > 0,
            Labels = [.. new[] { SizeFor(sizes, CpuKey, cpu), SizeFor(sizes, MemoryKey, memory) }.OfType<string>()],
            TooLarge = [.. new[] { IsTooLarge(sizes, CpuKey, cpu) ? "cpu" : null, IsTooLarge(sizes, MemoryKey, memory) ? "memory" : null }.OfType<string>()],
        };
    }

    private static decimal? CoresOf(UsedRun run) => run is { CpuSeconds: >= 0 and <= 1e9, Seconds: >= 0 and <= 1e9 }
        ? (decimal)run.CpuSeconds.Value / Math.Max(1, (decimal)run.Seconds.Value) // a job of no time at all says nothing of cores
        : null;

    private static decimal? MemoryFor(UsedJob job, List<decimal> peaks)
    {
        var needed = peaks.Count == 0 ? 0 : peaks[^1] * MemoryMargin;
        foreach (var killed in job.Runs.Where(run => run.IsOutOfMemory))
        {
            needed = Math.Max(needed, (killed.MemoryLimitBytes ?? 0) * AfterKill);
        }

        return needed == 0 ? null : RoundUp(needed, MemorySteps);
    }

    // The smallest value that this share of them does not go beyond.
    private static decimal Percentile(List<decimal> ordered, decimal share) => ordered[Math.Max(0, (int)Math.Ceiling(share * ordered.Count) - 1)];

    private static decimal RoundUp(decimal amount, (decimal UpTo, decimal Step)[] steps)
    {
        var step = steps.First(range => amount <= range.UpTo).Step;
        return Math.Max(step, Math.Ceiling(amount / step) * step);
    }

    // The smallest that is enough.
    private static string? SizeFor(IEnumerable<string> sizes, string key, decimal? amount) =>
        sizes.Where(label => IsOf(label, key) && AmountOf(label, key) >= amount).MinBy(label => AmountOf(label, key));

    private static bool IsTooLarge(IReadOnlyCollection<string> sizes, string key, decimal? amount) =>
        sizes.Any(label => IsOf(label, key)) && sizes.Where(label => IsOf(label, key)).All(label => AmountOf(label, key) < amount);

    private static bool IsOf(string label, string key) => label.StartsWith(key, StringComparison.OrdinalIgnoreCase);

    // Memory may be written as people do, 16g, in lists of sizes.
    private static decimal AmountOf(string label, string key) =>
        Quantity.TryParse(key == MemoryKey && Quantity.TryParseMemory(label[key.Length..], out var quantity) ? quantity : label[key.Length..], out var amount) ? amount : -1;

    private static string Text(decimal number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0}{unit}");
}
