using System.Collections.Concurrent;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>
/// The calls to GitHub that a small job costs, its runner's included (<c>run-service.md</c> section 12). Polls, step states and the live log's connection
/// depend on how long the job takes, and are not counted here.
/// </summary>
public sealed class CallsOfAJobTests
{
    private const int Jobs = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task No_call_is_made_that_a_job_can_do_without()
    {
        var calls = new ConcurrentQueue<AnsweredCall>();
        await using var test = await AgentOnHost.StartAsync(
            _ => TestWorker.Real(),
            Token,
            options => options.Pools[0].MaxJobs = 1,
            new EmulatorOptions { ShareRunnerKey = true, Answered = calls.Enqueue });

        for (var i = 0; i < Jobs; i++)
        {
            var run = await test.WaitForRunAsync(Queue(test).Id, Token);
            Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        }

        var made = calls.ToArray();
        Assert.Equal(
            [Jobs, Jobs, Jobs, 3 * Jobs, Jobs, 4 * Jobs, 3 * Jobs, Jobs, 0, 0],
            new[]
            {
                "POST /acknowledge", "POST /acquirejob", "POST /completejob",
                "POST /GetStepLogsSignedBlobURL", "POST /GetJobLogsSignedBlobURL", "PUT .txt", "POST /CreateStepLogsMetadata", "POST /CreateJobLogsMetadata",
                "POST /renewjob", "DELETE /session",
            }.Select(kind => Count(made, kind)));

        // The runner of the next job is there, and perhaps the one after it.
        Assert.All(
            ["POST /generate-jitconfig", "POST /token", "POST /session"],
            (string kind) => Assert.InRange(Count(made, kind), Jobs, Jobs + 2));
    }

    private static int Count(IEnumerable<AnsweredCall> calls, string kind) =>
        kind.Split(' ') is [var method, var end] ? calls.Count(call => call.Method == method && call.Path.EndsWith(end, StringComparison.Ordinal)) : 0;

    private static RunInfo Queue(AgentOnHost test) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = """
            on: push
            jobs:
              one: {runs-on: self-hosted, steps: [{run: "echo said"}]}
            """,
    });
}
