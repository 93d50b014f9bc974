using Runner.Execution.Usage;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Usage;

public sealed class UsageTableTests
{
    private const long Mebi = 1024 * 1024;

    public static TheoryData<long, string> Amounts => new()
    {
        { 0,               "0 MiB" },
        { 52_428_800,      "50 MiB" },
        { 1_000_000,       "1 MiB" },
        { 1024 * Mebi,     "1 GiB" },
        { 1536 * Mebi,     "1.5 GiB" },
    };

    public static TheoryData<double, string> Times => new()
    {
        { 0.254, "0.25 s" },
        { 9,     "9 s" },
        { 12.34, "12.3 s" },
        { 312.4, "5 min 12 s" },
        { 7325,  "122 min 5 s" },
    };

    [Theory, MemberData(nameof(Amounts))]
    public void Memory_is_said_in_units_of_people(long bytes, string text) => Assert.Equal(text, UsageText.Memory(bytes));

    [Theory, MemberData(nameof(Times))]
    public void Time_is_said_in_units_of_people(double seconds, string text) => Assert.Equal(text, UsageText.Cpu(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Table_has_the_steps_that_ran_and_the_job()
    {
        var table = UsageTable.Of(
            [
                (Step("Set up job"), null),
                (Step("Run make | tee\n<b>*log*</b>"), Used(12.34, 812 * Mebi)),
                (Step("Skipped"), null),
                (Step("Serve"), Used(0.25, 900 * Mebi, isShared: true)),
                (Step("Lint", "docker"), Used(0, 1)),
                (Step("Blind"), Used(null, null)),
            ],
            new JobUsage { CpuSeconds = 13, PeakMemoryBytes = 900 * Mebi, MemoryLimitBytes = 1024 * Mebi });

        Golden.Check("usage-table.md", table);
    }

    private static StepRecord Step(string name, string type = "run") => new() { Id = StepId.New(), Number = 1, Name = name, Type = type };

    private static UsageSpan Used(double? seconds, long? peak, bool isShared = false)
    {
        var span = new UsageSpan(seconds is null ? null : TimeSpan.Zero, markBefore: null) { IsShared = isShared };
        span.Add(peak is { } bytes ? new MemorySample(bytes, 0) : null);
        span.End(seconds is { } cpu ? TimeSpan.FromSeconds(cpu) : null, mark: null);
        return span;
    }
}
