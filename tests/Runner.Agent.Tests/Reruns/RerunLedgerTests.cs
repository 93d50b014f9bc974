using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Agent.Reruns;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Agent.Tests.Reruns;

public sealed class RerunLedgerTests
{
    private static readonly JobVerdict OutOfMemory = new()
    {
        Action = VerdictAction.Complete,
        Conclusion = Conclusion.Failed,
        Reason = "out_of_memory",
        Message = "The job used more than 1Gi",
        WorkerStarted = true,
    };

    private readonly MemoryNotes _notes = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Lost_job_is_written_down_and_its_author_is_told()
    {
        var verdict = await Ledger().OweAsync(Launch(attempt: 1), OutOfMemory);

        var owed = OwedRerun.Parse(Assert.Single(_notes.All).Value);
        Assert.Equal(new RunFacts("acme/app", 7, 1, 70, "build"), owed?.Job);
        Assert.Equal(
            "The job used more than 1Gi. The runner runs this job again once the workflow run has ended (re-run 1 of at most 2)", verdict.Message);
    }

    [Fact]
    public async Task Rerun_says_why_it_runs_and_gets_more_memory_each_time()
    {
        var ledger = Ledger();
        await ledger.OweAsync(Launch(attempt: 1), OutOfMemory);
        var second = await ledger.PrepareAsync(Launch(attempt: 2));
        await ledger.OweAsync(Launch(attempt: 2), OutOfMemory);
        await ledger.SettleAsync(Launch(attempt: 2));
        var third = await ledger.PrepareAsync(Launch(attempt: 3));

        Assert.Equal(new MoreMemory(2, "8Gi"), second.MoreMemory);
        Assert.Equal(
            "This job is run again, as attempt 1 was lost (The job used more than 1Gi); the job gets 2 times its memory", second.Runner.Placement.Single());
        Assert.Equal(new MoreMemory(4, "8Gi"), third.MoreMemory);
        Assert.Single(_notes.All); // of the first one nothing is left
    }

    [Fact]
    public async Task Job_that_is_no_rerun_of_ours_is_launched_as_it_is()
    {
        var ledger = Ledger();
        await ledger.OweAsync(Launch(attempt: 1), OutOfMemory);

        foreach (var launch in new[] { Launch(attempt: 1), Launch(attempt: 3), Launch(attempt: 2, name: "other"), Launch(attempt: 2) with { Pool = "other" } })
        {
            Assert.Same(launch, await ledger.PrepareAsync(launch));
        }
    }

    [Fact]
    public async Task Notes_that_cannot_be_kept_fail_no_job_and_promise_nothing()
    {
        var ledger = Ledgers.Of(new BrokenNotes(), new AgentMetrics(), _time, Pool);
        var launch = Launch(attempt: 2);

        Assert.Equal(OutOfMemory, await ledger.OweAsync(launch, OutOfMemory));
        Assert.Same(launch, await ledger.PrepareAsync(launch));
    }

    [Fact]
    public async Task Job_whose_message_does_not_say_its_run_is_left_as_it_is()
    {
        var launch = Launches.Of(Some.Job());

        Assert.Equal(OutOfMemory, await Ledger().OweAsync(launch, OutOfMemory));
        Assert.Empty(_notes.All);
    }

    private static PoolOptions Pool => new()
    {
        Name = "test",
        Rerun = new RerunOptions { On = [RerunCause.Oom], Budget = 2, MemoryFactor = 2, MemoryBound = "8Gi" },
    };

    private RerunLedger Ledger() => Ledgers.Of(_notes, new AgentMetrics(), _time, Pool);

    private static JobLaunch Launch(int attempt, string name = "build") => Launches.Of(Some.Job(name: name) with
    {
        ContextData = new Dictionary<string, ContextData>
        {
            ["github"] = DictionaryData.FromStrings(
            [
                KeyValuePair.Create("repository", "acme/app"),
                KeyValuePair.Create("run_id", "7"),
                KeyValuePair.Create("run_attempt", attempt.ToString(CultureInfo.InvariantCulture)),
            ]),
            ["job"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("check_run_id", new NumberData(70))]),
        },
    });

    private sealed class BrokenNotes : IAgentNotes
    {
        public Task KeepAsync(string name, string text, CancellationToken cancellationToken) => throw new InfrastructureException("down");

        public Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken) => throw new InfrastructureException("down");

        public Task RemoveAsync(string name, CancellationToken cancellationToken) => throw new InfrastructureException("down");
    }
}
