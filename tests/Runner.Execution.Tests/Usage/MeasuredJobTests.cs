using Microsoft.Extensions.Time.Testing;
using Runner.Execution.Usage;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Usage;

public sealed class MeasuredJobTests : IDisposable
{
    private const long Mebi = 1024 * 1024;

    private readonly GroupFiles _files = GroupFiles.Unified(cpuMicros: 5_000_000, used: 20 * Mebi, cache: 10 * Mebi, mark: 20 * Mebi, limit: "268435456");

    public void Dispose() => _files.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Each_step_is_told_what_it_used_itself()
    {
        using var job = new TestJob { SystemRoot = _files.Root };

        await job.RunAsync(Payload(job, Step("Unpack", Uses(cpuMicros: 5_250_000, used: 220, mark: 230)), Step("Test", Uses(cpuMicros: 6_500_000, used: 60, mark: 230))));

        Assert.Equal(
            [
                "#### Resources used",
                string.Empty,
                "| Step | CPU time | Peak memory |",
                "|---|--:|--:|",
                "| Unpack | 0.25 s | 220 MiB |", // the mark rose to 230 MiB, of which 10 are cache
                "| Test | 1.25 s | 210 MiB |", // what the step before left, as this one began with it
                "| **All of the job** | **1.5 s** | **220 MiB of 256 MiB** |",
                string.Empty,
            ],
            Assert.Single(job.Reporter.Summaries).Value.Split('\n'));
        Assert.Contains("The job used 1.5 s of CPU time and at most 220 MiB of memory (86 % of its limit of 256 MiB)", job.OutputOf("Complete job"));
        Assert.Equal((1.5, 220 * Mebi, 256 * Mebi), (job.Result?.Usage?.CpuSeconds, job.Result?.Usage?.PeakMemoryBytes, job.Result?.Usage?.MemoryLimitBytes));
        Assert.Equal("Unpack", job.Result?.Usage?.PeakStep);
    }

    [Fact(Timeout = 60_000)]
    public async Task Summary_may_go_without()
    {
        using var job = new TestJob { SystemRoot = _files.Root };

        await job.RunAsync(Payload(job, Some.Script("true")) with { Usage = new UsageReport { InSummary = false } });

        Assert.Empty(job.Reporter.Summaries);
        Assert.Contains(job.OutputOf("Complete job"), line => line.StartsWith("The job used ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_measures_unasked()
    {
        using var job = new TestJob { SystemRoot = _files.Root };

        await job.RunAsync(Some.Script("true"));

        Assert.Null(job.Result?.Usage);
        Assert.Empty(job.Reporter.Summaries);
        Assert.DoesNotContain(job.OutputOf("Complete job"), line => line.Contains("used", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Machine_that_does_not_count_says_so_in_place_of_a_wrong_number()
    {
        using var nothing = new TempFolder();
        using var job = new TestJob { SystemRoot = nothing.FullPath };

        await job.RunAsync(Payload(job, Some.Script("true")));

        Assert.Null(job.Result?.Usage);
        Assert.Contains("What the job used is not known: this machine does not count it.", job.OutputOf("Complete job"));
    }

    [Fact]
    public void Memory_is_sampled_while_a_step_runs_and_steps_that_run_at_once_share_it()
    {
        var time = new FakeTimeProvider();
        using var meter = UsageMeter.TryStart(_files.Root, time);
        var (first, second, third) = (StepId.New(), StepId.New(), StepId.New());

        using (meter?.Begin(first))
        {
            Use(150);
            time.Advance(UsageMeter.Period);
            Use(20);
        }

        using (meter?.Begin(second))
        {
            using (meter?.Begin(third))
            {
                Use(90);
                time.Advance(UsageMeter.Period);
            }

            Use(20);
        }

        Assert.Equal((140 * Mebi, false), (meter?.Of(first)?.PeakBytes, meter?.Of(first)?.IsShared));
        Assert.Equal((80 * Mebi, true), (meter?.Of(second)?.PeakBytes, meter?.Of(second)?.IsShared));
        Assert.Equal((80 * Mebi, true), (meter?.Of(third)?.PeakBytes, meter?.Of(third)?.IsShared));
        Assert.Equal(140 * Mebi, meter?.OfJob().Used.PeakBytes);
    }

    private static LaunchPayload Payload(TestJob job, params JobStep[] steps) =>
        Some.Payload(Some.Job() with { Steps = steps }, job.Folder) with { Usage = new UsageReport { InSummary = true } };

    private static JobStep Step(string name, string script) => Some.Script(script) with { DisplayNameToken = new StringToken(name) };

    private void Use(long mebi) => _files.Write("sys/fs/cgroup/memory.current", $"{mebi * Mebi}\n");

    private string Uses(long cpuMicros, long used, long mark) => string.Join('\n',
        _files.Script("cpu.stat", GroupFiles.UnifiedCpu(cpuMicros)),
        _files.Script("memory.current", $"{used * Mebi}"),
        _files.Script("memory.peak", $"{mark * Mebi}"));
}
