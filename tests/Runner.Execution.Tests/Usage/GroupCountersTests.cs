using Runner.Execution.Usage;
using Runner.Testing;

namespace Runner.Execution.Tests.Usage;

public sealed class GroupCountersTests
{
    [Fact]
    public void Group_of_version_2_is_read()
    {
        using var files = GroupFiles.Unified(cpuMicros: 1_250_000, used: 1000, cache: 400, mark: 1500, limit: "4096");
        using var counters = GroupCounters.Find(files.Root);

        Assert.Equal(TimeSpan.FromSeconds(1.25), counters?.ReadCpu());
        Assert.Equal(new MemorySample(600, 400), counters?.ReadMemory());
        Assert.Equal((1500, 4096), (counters?.ReadMark(), counters?.ReadLimit()));
    }

    [Fact]
    public void Group_of_version_1_is_read()
    {
        using var files = GroupFiles.Old(cpuNanos: 2_500_000_000, used: 1000, cache: 400, mark: 1500);
        using var counters = GroupCounters.Find(files.Root);

        Assert.Equal(TimeSpan.FromSeconds(2.5), counters?.ReadCpu());
        Assert.Equal(new MemorySample(600, 400), counters?.ReadMemory());
        Assert.Equal((1500, 1_073_741_824), (counters?.ReadMark(), counters?.ReadLimit()));
    }

    [Fact]
    public void Kernel_without_a_mark_and_a_limit_says_so()
    {
        using var files = GroupFiles.Unified(used: 1000, cache: 1400);
        using var counters = GroupCounters.Find(files.Root);

        Assert.Equal(new MemorySample(0, 1400), counters?.ReadMemory()); // the two are not read at the same moment
        Assert.Equal(((long?)null, (long?)null), (counters?.ReadMark(), counters?.ReadLimit()));
    }

    [Fact]
    public void Processors_alone_are_better_than_nothing()
    {
        using var files = new GroupFiles();
        files.Write("proc/self/cgroup", "0::/\n");
        files.Write("sys/fs/cgroup/cpu.stat", GroupFiles.UnifiedCpu(1_000_000));
        using var counters = GroupCounters.Find(files.Root);

        Assert.Equal((TimeSpan.FromSeconds(1), null), (counters?.ReadCpu(), counters?.ReadMemory()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("usage_usec many\n")]
    public void Machine_that_counts_nothing_has_no_counters(string cpu)
    {
        using var files = new GroupFiles();
        files.Write("proc/self/cgroup", "0::/\n");
        files.Write("sys/fs/cgroup/cpu.stat", cpu);

        Assert.Null(GroupCounters.Find(files.Root));
        using var nothing = new TempFolder();
        Assert.Null(GroupCounters.Find(nothing.FullPath));
    }

    [Fact]
    public void This_machine_is_read_without_an_error()
    {
        using var counters = GroupCounters.Find("/");

        Assert.True(counters is null || counters.ReadCpu() is not null || counters.ReadMemory() is not null);
    }
}
