using System.Collections.Immutable;
using Runner.Agent.Board;
using Runner.Backends;
using Runner.Cli.Agents;

namespace Runner.Cli.Tests.Agents;

public sealed class UsageAdviceTests
{
    private const long Mebi = 1024 * 1024;

    public static TheoryData<string, long[], string> Peaks => new()
    {
        // the runs                      peaks in MiB            advice
        { "almost nothing",              [10],                   "128Mi" },
        { "a little",                    [300, 310, 305],        "512Mi" },  // 388 and up
        { "the worst run counts",        [300, 900, 310],        "1280Mi" }, // 1125 and up
        { "just below a gibibyte",       [819],                  "1Gi" },
        { "some gibibytes",              [3000],                 "3840Mi" },
        { "many",                        [7000],                 "9Gi" },
        { "very many",                   [20000],                "28Gi" },
    };

    public static TheoryData<string, double[], string> Cores => new()
    {
        // the runs                      cores on average        advice
        { "idle",                        [0],                    "100m" },
        { "a half",                      [0.5],                  "600m" },
        { "one and a bit",               [1.0],                  "1250m" },
        { "the worst of ten is left",    [1, 1, 1, 1, 1, 1, 1, 1, 1, 9], "1250m" },
        { "the worst of three is not",   [1, 1, 3],              "3500m" },
        { "many",                        [6.5],                  "8" },
    };

    public static TheoryData<string, string[], string[]> Sizes => new()
    {
        // the pool                      its labels                                               advice
        { "has no sizes",                [],                                                      [] },
        { "the smallest that is enough", ["cpu=500m", "cpu=1", "cpu=2", "memory=1Gi", "memory=512Mi", "memory=2Gi"], ["cpu=1", "memory=1Gi"] },
        { "has none that large",         ["cpu=500m", "memory=512Mi"],                            [] },
        { "has sizes of memory alone",   ["memory=4Gi"],                                          ["memory=4Gi"] },
        { "has sizes as people write them", ["memory=512mb", "memory=2g"],                        ["memory=2g"] },
    };

    [Theory, MemberData(nameof(Peaks))]
    public void Memory_is_the_highest_peak_and_a_margin_rounded_up(string runs, long[] peaks, string memory)
    {
        var advice = Advise(Job([.. peaks.Select(peak => new UsedRun { PeakMemoryBytes = peak * Mebi })]));

        Assert.True(memory == UsageAdvice.Memory(advice.Memory ?? 0), $"{runs}: {UsageAdvice.Memory(advice.Memory ?? 0)}");
        Assert.Equal((peaks.Max() * Mebi, null), (advice.PeakMax, advice.Cpu));
    }

    [Theory, MemberData(nameof(Cores))]
    public void Cpu_is_what_nine_runs_in_ten_used_and_a_margin_rounded_up(string runs, double[] cores, string cpu)
    {
        var advice = Advise(Job([.. cores.Select(mean => new UsedRun { CpuSeconds = mean * 60, Seconds = 60 })]));

        Assert.True(cpu == UsageAdvice.Cpu(advice.Cpu ?? 0), $"{runs}: {UsageAdvice.Cpu(advice.Cpu ?? 0)}");
        Assert.Equal(((long?)null, (decimal?)null), (advice.PeakMax, advice.Memory));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Pool_with_sizes_is_asked_for_the_smallest_that_is_enough(string pool, string[] labels, string[] advised)
    {
        var job = Job([new UsedRun { CpuSeconds = 48, Seconds = 60, PeakMemoryBytes = 700 * Mebi }]); // 900m, 896Mi

        var advice = Assert.Single(UsageAdvice.Of([job], _ => labels));

        Assert.True(advised.SequenceEqual(advice.Labels), $"{pool}: {string.Join(", ", advice.Labels)}");
    }

    [Fact]
    public void Run_that_was_killed_for_its_memory_would_have_needed_more_than_it_had()
    {
        var killed = new UsedRun { IsOutOfMemory = true, MemoryLimitBytes = 1024 * Mebi };
        var job = Job([new UsedRun { PeakMemoryBytes = 300 * Mebi, PeakStep = "Test" }, killed]) with { Resources = new PlaceResources { MemoryLimit = 4096 * Mebi } };

        var advice = Advise(job);

        Assert.Equal((2, 1, "1536Mi", "Test"), (advice.Runs, advice.OutOfMemory, UsageAdvice.Memory(advice.Memory ?? 0), advice.PeakStep));
        Assert.Null(Advise(Job([new UsedRun { IsOutOfMemory = true }])).Memory); // where nobody knows what it had
    }

    [Fact]
    public void What_is_more_than_the_largest_size_is_told()
    {
        var job = Job([new UsedRun { CpuSeconds = 48, Seconds = 60, PeakMemoryBytes = 7000 * Mebi }]);

        var (sized, partly, unsized) = (Advise(job, "cpu=1", "memory=4Gi"), Advise(job, "cpu=1"), Advise(job));

        Assert.Equal((true, "cpu=1", "memory"), (sized.HasSizes, string.Join(' ', sized.Labels), string.Join(' ', sized.TooLarge)));
        Assert.Equal((true, "cpu=1", ""), (partly.HasSizes, string.Join(' ', partly.Labels), string.Join(' ', partly.TooLarge)));
        Assert.Equal((false, "", ""), (unsized.HasSizes, string.Join(' ', unsized.Labels), string.Join(' ', unsized.TooLarge)));
    }

    [Fact]
    public void Percentile_of_peaks_leaves_one_run_in_twenty_out()
    {
        var job = Job([.. Enumerable.Range(1, 20).Select(peak => new UsedRun { PeakMemoryBytes = peak * Mebi })]);

        Assert.Equal((19 * Mebi, 20 * Mebi), (Advise(job).PeakP95, Advise(job).PeakMax));
    }

    [Fact]
    public void Odd_figures_are_no_advice()
    {
        var job = Job([new UsedRun { CpuSeconds = double.MaxValue, Seconds = 1 }, new UsedRun { CpuSeconds = -1, Seconds = -1 }, new UsedRun { CpuSeconds = 0.5, Seconds = 0 }]);

        Assert.Equal(0.5m, Advise(job).MeanCores); // of the last one alone
        Assert.Empty(UsageAdvice.Of([Job([])], _ => []));
    }

    private static JobAdvice Advise(UsedJob job, params string[] sizes) => Assert.Single(UsageAdvice.Of([job], _ => sizes));

    private static UsedJob Job(ImmutableArray<UsedRun> runs) => new() { Pool = "linux", Repository = "acme/widgets", Workflow = "CI", Name = "build", Runs = runs };
}
