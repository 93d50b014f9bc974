using Microsoft.Extensions.Logging.Abstractions;
using Runner.Agent.Configuration;
using Runner.Agent.Journal;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Agent.Tests.Sources;

/// <summary>How the labels of a job are known that its message does not have.</summary>
public sealed class JobSizingTests
{
    private readonly ScriptedJobs _jobs = new() { Labels = ["self-hosted", "cpu=4"] };

    [Fact]
    public async Task Job_is_looked_up_by_one_call()
    {
        using var pool = Pool();

        var size = await FindAsync(pool, Job(), asked: null);

        Assert.Equal(["linux", "cpu=4"], size.Labels);
        Assert.Null(size.Warning);
        Assert.Equal((1, "octo-org/hello-world", 77L), (_jobs.Calls, _jobs.Repository, _jobs.Number));
    }

    [Fact]
    public async Task Job_whose_labels_were_told_is_not_looked_up()
    {
        using var pool = Pool();

        var size = await FindAsync(pool, Job(), ["cpu=2"]);

        Assert.Equal(["linux", "cpu=2"], size.Labels);
        Assert.Equal(0, _jobs.Calls);
    }

    [Fact]
    public async Task Pool_without_sizes_asks_nobody()
    {
        using var pool = new RunnerPool(new PoolOptions { Name = "plain", Labels = ["self-hosted", "linux", "cpu=2"] }, "agent", platforms: []);

        var size = await FindAsync(pool, Job(), ["cpu=64"]);

        Assert.Equal(["linux", "cpu=2"], size.Labels);
        Assert.Equal(0, _jobs.Calls);
    }

    public static TheoryData<Exception> Failures =>
    [
        new InfrastructureException("GitHub failed"),
        new OperatorException("the credentials need 'Actions: read'"),
    ];

    [Theory, MemberData(nameof(Failures))]
    public async Task Job_that_cannot_be_looked_up_has_the_default_and_is_told_so(Exception failure)
    {
        using var pool = Pool();
        _jobs.Failure = failure;

        var size = await FindAsync(pool, Job(), asked: null);

        Assert.Equal(["linux"], size.Labels);
        Assert.Equal($"the labels of runs-on could not be read, so the job has the default size of pool 'sized': {failure.Message}", size.Warning);
        var launch = PoolLaunches.Of(Job(), "runner", pool, size, new AgentOptions(), DateTimeOffset.UnixEpoch);
        Assert.Equal([$"Warning: {size.Warning}"], launch.Runner.Placement);
    }

    [Fact]
    public void Jobs_of_a_pool_that_holds_are_held_where_they_are_debugged()
    {
        using var pool = new RunnerPool(new PoolOptions { Name = "held", Labels = ["linux"], HoldOnFailure = TimeSpan.FromMinutes(30) }, "agent", []);

        var hold = PoolLaunches.Of(Job(), "runner", pool, new JobSize([], Warning: null), new AgentOptions(), DateTimeOffset.UnixEpoch).Hold;

        Assert.Equal(new FailureHold { Time = TimeSpan.FromMinutes(30), OnlyDebugging = true }, hold);
        Assert.Contains(
            ("pools[0].holdOnFailure", "is 07:00:00, expected up to 6h, such as 30m"),
            AgentOptionsValidator.Validate(new AgentOptions { Pools = [new PoolOptions { Name = "held", Labels = ["linux"], HoldOnFailure = TimeSpan.FromHours(7) }] }));
    }

    [Theory]
    [InlineData(false, true,  null)]
    [InlineData(true,  true,  true)]
    [InlineData(true,  false, false)]
    public void Jobs_are_measured_where_the_settings_say_so(bool enabled, bool summary, bool? inSummary)
    {
        using var pool = new RunnerPool(new PoolOptions { Name = "a", Labels = ["linux"] }, "agent", []);
        var options = new AgentOptions { Monitoring = new MonitoringOptions { Usage = new UsageOptions { Enabled = enabled, Summary = summary } } };

        var launch = PoolLaunches.Of(Job(), "runner", pool, new JobSize([], Warning: null), options, DateTimeOffset.UnixEpoch);

        Assert.Equal(inSummary, launch.Usage?.InSummary);
        Assert.Equal(inSummary, JournalRecord.Of(launch).ToLaunch()?.Usage?.InSummary); // an agent that takes it up goes on
        Assert.Contains(
            ("monitoring.usage.maxJobNames", "is 0, expected 1 to 1000"),
            AgentOptionsValidator.Validate(new AgentOptions { Monitoring = new MonitoringOptions { Usage = new UsageOptions { MaxJobNames = 0 } } }));
    }

    [Fact]
    public async Task Message_without_a_number_is_told_as_well()
    {
        using var pool = Pool();

        var size = await FindAsync(pool, Some.Job(), asked: null);

        Assert.Contains("does not say which job", size.Warning, StringComparison.Ordinal);
        Assert.Equal(0, _jobs.Calls);
    }

    [Fact]
    public async Task Job_out_of_bounds_is_refused()
    {
        using var pool = Pool();
        _jobs.Labels = ["cpu=64"];

        var refusal = await Assert.ThrowsAsync<WorkflowException>(() => FindAsync(pool, Job(), asked: null));

        Assert.Equal("runs-on: 'cpu=64' is not within the bounds of pool 'sized': cpu 1 to 4", refusal.Message);
    }

    [Fact]
    public void Runners_of_a_pool_have_the_labels_of_its_sizes()
    {
        using var pool = Pool();

        Assert.Equal(["self-hosted", "linux", "cpu=1", "cpu=2", "cpu=4"], pool.Registration.Labels);
        Assert.Equal(new MostResources(4, Memory: null), PoolLaunches.Of(Job(), "runner", pool, new JobSize([], Warning: null), new AgentOptions(), default).Most);
    }

    private Task<JobSize> FindAsync(RunnerPool pool, JobMessage job, IReadOnlyList<string>? asked) =>
        new JobSizing(_jobs, TimeProvider.System, NullLogger<JobSizing>.Instance).FindAsync(pool, job, asked, TestContext.Current.CancellationToken);

    private static RunnerPool Pool() => new(
        new PoolOptions { Name = "sized", Labels = ["self-hosted", "linux"], Sizes = new SizesOptions { Cpu = new SizeOptions { Min = "1", Max = "4" } } }, "agent", platforms: []);

    private static JobMessage Job() => Some.Job() with
    {
        ContextData = new Dictionary<string, ContextData>
        {
            ["github"] = DictionaryData.FromStrings(new Dictionary<string, string> { ["repository"] = "octo-org/hello-world" }),
            ["job"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("check_run_id", new NumberData(77))]),
        },
    };
}
