using Prometheus;
using Runner.Agent.Configuration;

namespace Runner.Agent.Monitoring;

/// <summary>What jobs used, of those whose worker measured it. Names of jobs are labels only where the settings say so, and only so many.</summary>
internal sealed class UsageMetrics
{
    private const string Other = "other";

    // Not "job": that is the scraper's own.
    private static readonly string[] ByName = ["pool", "repository", "workflow", "job_name"];
    private static readonly double[] Bytes = [.. Enumerable.Range(0, 12).Select(power => 64.0 * 1024 * 1024 * (1 << power))]; // 64 MiB to 128 GiB
    private static readonly double[] Seconds = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

    private readonly int _maxNames;
    private readonly Lock _gate = new();
    private readonly HashSet<(string Pool, string Repository, string Workflow, string Name)> _names = [];
    private readonly Histogram _memory;
    private readonly Histogram _cpu;
    private readonly Histogram? _memoryByName;
    private readonly Histogram? _cpuByName;

    /// <summary>The metrics; those by name are made where they are asked for.</summary>
    public UsageMetrics(MetricFactory factory, UsageOptions options)
    {
        _maxNames = options.MaxJobNames;
        _memory = Make("runner_job_peak_memory_bytes", "Most memory that a job used at a moment, less the cache of files that could be given back.", ["pool"], Bytes);
        _cpu = Make("runner_job_cpu_seconds", "Time of processors that a job used.", ["pool"], Seconds);
        if (options is { Enabled: true, JobNames: true })
        {
            _memoryByName = Make("runner_named_job_peak_memory_bytes", "The same as runner_job_peak_memory_bytes, by name of the job.", ByName, Bytes);
            _cpuByName = Make("runner_named_job_cpu_seconds", "The same as runner_job_cpu_seconds, by name of the job.", ByName, Seconds);
        }

        Histogram Make(string name, string help, string[] labels, double[] buckets) =>
            factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets });
    }

    /// <summary>A job is over that was measured; <c>null</c>: not this.</summary>
    public void Ended(string pool, string? repository, string? workflow, string name, long? peakBytes, double? cpuSeconds)
    {
        // Of an adopted job whose message is not at hand nobody knows which it was.
        var labels = _memoryByName is null || repository is null || (peakBytes is null && cpuSeconds is null) ? null : LabelsOf(pool, repository, workflow ?? "-", name);
        if (peakBytes is >= 0 and var bytes)
        {
            _memory.WithLabels(pool).Observe(bytes);
            Named(_memoryByName)?.Observe(bytes);
        }

        if (cpuSeconds is >= 0 and var seconds)
        {
            _cpu.WithLabels(pool).Observe(seconds);
            Named(_cpuByName)?.Observe(seconds);
        }

        Histogram.Child? Named(Histogram? histogram) => labels is null ? null : histogram?.WithLabels(labels);
    }

    private string[] LabelsOf(string pool, string repository, string workflow, string name)
    {
        lock (_gate)
        {
            var key = (pool, repository, workflow, name);
            if (!_names.Contains(key) && _names.Count >= _maxNames)
            {
                return [pool, Other, Other, Other];
            }

            _names.Add(key);
            return [pool, repository, workflow, name];
        }
    }
}
