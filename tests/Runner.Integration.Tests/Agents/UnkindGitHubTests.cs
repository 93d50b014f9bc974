using Runner.Emulator.Faults;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>Each call of a job fails once, in each way in which a call can: the job runs, once, and is green.</summary>
public sealed class UnkindGitHubTests
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Where a call is made, from the registration of its runner to its completion. A job of less than a minute renews nothing.
    private static readonly (string Prefix, string? Suffix)[] Calls =
    [
        ("/api/v3/", "/generate-jitconfig"), ("/oauth/token", null), ("/broker/session", null), ("/broker/message", null), ("/broker/acknowledge", null),
        ("/run-service/", "/acquirejob"), ("/twirp/", "/WorkflowStepsUpdate"), ("/twirp/", "/GetStepLogsSignedBlobURL"),
        ("/blobs/", null), ("/twirp/", "/CreateStepLogsMetadata"), ("/twirp/", "/CreateJobLogsMetadata"), ("/run-service/", "/completejob"),
    ];

    private static readonly Dictionary<string, Fault> Ways = new()
    {
        ["answer is lost"] = new Fault { Prefix = "/", AfterHandling = true },
        ["connection is cut"] = new Fault { Prefix = "/" },
        ["page of a proxy in the place of an answer"] = new Fault { Prefix = "/", Status = 200, Body = "<html>Sign in to continue</html>" },
        ["bad gateway"] = new Fault { Prefix = "/", Status = 502, Body = "upstream connect error or disconnect/reset before headers" },
        ["too many requests"] = new Fault { Prefix = "/", Status = 429, RetryAfterSeconds = 1 },
    };

    public static TheoryData<string> NamesOfWays => [.. Ways.Keys];

    [Theory(Timeout = Limit), MemberData(nameof(NamesOfWays))]
    public async Task Job_each_of_whose_calls_fails_once_runs_once_and_is_green(string way)
    {
        await using var test = await AgentOnHost.StartAsync(
            _ => TestWorker.Real(),
            Token,
            options => options.Pools[0].MaxJobs = 1,
            new EmulatorOptions { ShareRunnerKey = true, OfferDuration = TimeSpan.FromSeconds(3) });
        Assert.Equal(Conclusion.Succeeded, (await test.WaitForRunAsync(Queue(test, "before").Id, Token)).Conclusion);

        foreach (var (prefix, suffix) in Calls)
        {
            test.Emulator.AddFault(Ways[way] with { Prefix = prefix, Suffix = suffix, Requests = 1 });
        }

        var runs = new[] { Queue(test, "during"), Queue(test, "after") };
        foreach (var run in runs)
        {
            var ended = await test.WaitForRunAsync(run.Id, Token);
            Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
            Assert.Contains(" said\n", await test.Emulator.ReadLogAsync(ended.Jobs[0].Id, Token), StringComparison.Ordinal);
        }

        Assert.Empty(test.Emulator.Faults); // each of them was met
        Assert.Equal(["before", "during", "after"], await File.ReadAllLinesAsync(Marks(test), Token));
    }

    [Theory(Timeout = Limit)]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task Clock_that_is_wrong_by_some_minutes_costs_no_job(int minutes)
    {
        await using var test = await AgentOnHost.StartAsync(
            _ => TestWorker.Real(), Token, emulatorOptions: new EmulatorOptions { ShareRunnerKey = true, Time = new ShiftedTime(TimeSpan.FromMinutes(minutes)) });

        var run = await test.WaitForRunAsync(Queue(test, "once").Id, Token);

        Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        Assert.Equal(["once"], await File.ReadAllLinesAsync(Marks(test), Token));
    }

    private static string Marks(AgentOnHost test) => Path.Combine(test.Folder, "marks");

    private static RunInfo Queue(AgentOnHost test, string mark) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $$"""
            on: push
            jobs:
              one: {runs-on: self-hosted, steps: [{run: "echo {{mark}} >> {{Marks(test)}}; echo said"}]}
            """,
    });

    // The clock of a server far from this machine's.
    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }
}
