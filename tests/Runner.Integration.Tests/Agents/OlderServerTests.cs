using System.Text.RegularExpressions;
using Runner.Emulator.Faults;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Agents;

/// <summary>
/// The agent and the real worker at a server of the older protocol (V1), whose paths are nobody else's: sessions, locks, timelines, logs, events.
/// </summary>
public sealed partial class OlderServerTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool, bool, int> Servers => new()
    {
        // SHA-256 JIT    plan
        { true,    true,  9 },
        { false,   true,  9 },
        { true,    false, 9 },
        { true,    true,  7 },
    };

    [Theory(Timeout = Limit), MemberData(nameof(Servers))]
    public async Task Run_with_outputs_masks_and_a_summary_is_green(bool fips, bool jit, int planVersion)
    {
        using var action = new TempFolder();
        await File.WriteAllTextAsync(action["action.yml"], "runs: {using: composite, steps: [{shell: sh, run: echo by an action}]}", Token);
        await using var test = await StartAsync(TestWorker.Real(), options =>
        {
            (options.RequireFips, options.JitConfigs, options.PlanVersion) = (fips, jit, planVersion);
            options.ActionRepositories = new Dictionary<string, string> { ["acme/tools"] = action.FullPath };
        });
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    outputs: {word: '${{ steps.say.outputs.word }}'}
                    steps:
                      - {id: say, shell: sh, run: 'echo word=hello >>$GITHUB_OUTPUT; echo "the secret is $S"; echo "## Done" >>$GITHUB_STEP_SUMMARY', env: {S: '${{ secrets.PASSWORD }}'}}
                      - {name: Many, shell: sh, run: 'i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i+1)); done; echo "::warning file=a.txt,line=3::look here"'}
                  two:
                    needs: one
                    runs-on: self-hosted
                    steps: [{shell: sh, run: 'echo "one said ${{ needs.one.outputs.word }}"'}, {uses: acme/tools@v1}]
                """,
            Secrets = new Dictionary<string, string> { ["PASSWORD"] = "hunter2-secret" },
        });

        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.True(ended.Conclusion == Conclusion.Succeeded, string.Join('\n', test.Logs));
        var one = ended.Jobs.Single(job => job.Name == "one");
        var log = await test.Emulator.ReadLogAsync(one.Id, Token) ?? string.Empty;
        Assert.Contains("the secret is ***", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-secret", log, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 5000), Line().Matches(log).Select(line => int.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        var many = one.Steps.Single(step => step.Name == "Many");
        Assert.Equal((StepStatus.Completed, Conclusion.Succeeded), (many.Status, many.Conclusion));
        Assert.Contains("line 4999\n", await test.Emulator.ReadStepLogAsync(one.Id, many.Id, Token) ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal((AnnotationLevel.Warning, "look here", "a.txt", 3), many.Annotations.Select(note => (note.Level, note.Message, note.Path, note.StartLine)).Single());
        Assert.Equal("## Done\n", await test.Emulator.ReadSummaryAsync(one.Id, one.Steps.Single(step => step.Number == 2).Id, Token));
        var two = await test.Emulator.ReadLogAsync(ended.Jobs.Single(job => job.Name == "two").Id, Token) ?? string.Empty;
        Assert.Contains("one said hello", two, StringComparison.Ordinal);
        Assert.Contains(" by an action\n", two, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Failing_step_fails_the_job_and_says_why()
    {
        await using var test = await StartAsync(TestWorker.Real());
        var run = Queue(test, "exit 3");

        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        var step = Assert.Single(ended.Jobs[0].Steps, step => step.Conclusion == Conclusion.Failed);
        Assert.Contains(step.Annotations, note => note.Message == "Process completed with exit code 3.");
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_reaches_the_steps_within_two_seconds_even_where_messages_cannot_be_deleted(bool areDeleted)
    {
        await using var test = await StartAsync(TestWorker.Real());
        if (!areDeleted)
        {
            test.Emulator.AddFault(new Fault { Prefix = "/broker/_apis/v9/pipelinework/groups/1/letters/", Status = 500 });
        }

        var run = Queue(test, "trap 'echo stopped; exit 1' INT; while :; do sleep 0.05; done", "- {if: cancelled(), shell: sh, run: 'echo cleaned up'}");
        await test.Emulator.WaitForJobAsync(run.Jobs[0].Id, job => job.Steps.Any(step => step is { Name: "Work", Status: StepStatus.InProgress }), Token);

        var asked = TimeProvider.System.GetTimestamp();
        test.Emulator.CancelRun(run.Id);
        await test.Emulator.WaitForJobAsync(run.Jobs[0].Id, job => job.Steps.Any(step => step is { Name: "Work", Status: StepStatus.Completed }), Token);
        var took = TimeProvider.System.GetElapsedTime(asked);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(Conclusion.Canceled, ended.Conclusion);
        Assert.Contains("cleaned up", await test.Emulator.ReadLogAsync(run.Jobs[0].Id, Token) ?? string.Empty, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(9)]
    [InlineData(7)]
    public async Task Job_whose_worker_dies_is_failed_by_the_agent_with_the_reason(int planVersion)
    {
        await using var test = await StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), options => options.PlanVersion = planVersion);
        var queued = test.Emulator.QueueJob(new RawJob());

        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains(job.Annotations, note => note.Level == AnnotationLevel.Failure);
        var step = Assert.Single(job.Steps);
        Assert.Contains("##[error]", await test.Emulator.ReadStepLogAsync(job.Id, step.Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_records_are_refused_is_green_for_all_that()
    {
        await using var test = await StartAsync(TestWorker.Real());
        test.Emulator.AddFault(Records(400));
        var run = Queue(test, "echo done");

        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.True(ended.Conclusion == Conclusion.Succeeded, string.Join('\n', test.Logs));
    }

    [Theory(Timeout = Limit)]
    [InlineData(400)]
    [InlineData(503)]
    public async Task Job_whose_worker_dies_is_failed_even_where_its_records_are_not_taken(int status)
    {
        await using var test = await StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"));
        test.Emulator.AddFault(Records(status));
        var queued = test.Emulator.QueueJob(new RawJob());

        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_cannot_be_read_is_failed_with_the_place()
    {
        await using var test = await StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"));
        using var message = System.Text.Json.JsonDocument.Parse("""{"steps": 7}""");
        var queued = test.Emulator.QueueJob(new RawJob { Message = message.RootElement });

        var job = await test.Emulator.WaitForJobAsync(queued.Id, Token);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains(job.Annotations, note => note.Message.Contains("$.steps", StringComparison.Ordinal));
        Assert.Equal(queued.Name, job.Name);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_lock_is_lost_is_stopped_and_told_no_more()
    {
        // The agent has let go of the lock once the worker's process runs, and the worker waits for the test before it takes it. It is not told how old the
        // job is: the lock of one that is younger than a minute would be taken for fresh.
        var real = TestWorker.Real();
        await using var test = await StartAsync(
            folder => TestWorker.Script(folder, $"while [ ! -e {folder}/go ]; do sleep 0.05; done; exec {real} \"$@\" <<<\"${{payload//messageSeen/unknown}}\""),
            options => options.LockDuration = TimeSpan.FromSeconds(1));
        var run = Queue(test, $"sleep 30; touch {test.Folder}/done");

        var job = await test.Emulator.WaitForJobAsync(run.Jobs[0].Id, Token);
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "go"), string.Empty, Token);
        await Until.TrueAsync(() => Directory.GetDirectories(test.JobsFolder, "job-*").Length == 0, Token);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains("lost communication", job.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(test.Folder, "done")));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_of_an_agent_that_ends_goes_on_reports_itself_and_is_adopted_by_the_next()
    {
        await using var test = await StartAsync(TestWorker.Real(), configure: options => options.Agent.DrainTimeout = TimeSpan.Zero);
        var run = Queue(test, $"echo before; while [ ! -e {test.Folder}/go ]; do sleep 0.05; done; echo after");
        await test.Emulator.WaitForJobAsync(run.Jobs[0].Id, job => job.Steps.Any(step => step is { Name: "Work", Status: StepStatus.InProgress }), Token);

        await test.StopAgentAsync();
        await test.StartAgentAsync(Token);
        await Until.TrueAsync(() => test.Logs.Any(line => line.Contains("1207", StringComparison.Ordinal)), Token); // adopted
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "go"), string.Empty, Token);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        var log = await test.Emulator.ReadLogAsync(run.Jobs[0].Id, Token) ?? string.Empty;
        Assert.Contains(" before\n", log, StringComparison.Ordinal);
        Assert.Contains(" after\n", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_stops_leaves_no_agent_of_the_pool_behind()
    {
        await using var test = await StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), options => options.JitConfigs = false);
        using var http = new HttpClientFixture(test.Emulator.Url);
        await Until.TrueAsync(() => test.Logs.Count(line => line.Contains("waits", StringComparison.Ordinal)) >= 2, Token);

        await test.StopAgentAsync();

        Assert.Equal(0, await http.RunnerCountAsync(Token));
    }

    private static Task<AgentOnHost> StartAsync(
        string worker, Action<EmulatorOptions>? server = null, Action<Runner.Agent.Configuration.AgentOptions>? configure = null) => StartAsync(_ => worker, server, configure);

    private static Task<AgentOnHost> StartAsync(
        Func<string, string> worker, Action<EmulatorOptions>? server = null, Action<Runner.Agent.Configuration.AgentOptions>? configure = null)
    {
        var options = new EmulatorOptions { Protocol = EmulatorProtocol.V1, ShareRunnerKey = true };
        server?.Invoke(options);
        return AgentOnHost.StartAsync(worker, Token, configure, options);
    }

    private static Fault Records(int status) => new() { Prefix = "/broker/", Suffix = "/entries", Status = status };

    private static RunInfo Queue(AgentOnHost test, string script, string next = "") => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - name: Work\n        shell: sh\n        run: \"{script}\"\n      {next}\n",
    });

    [GeneratedRegex(@"Z line (\d+)\n")]
    private static partial Regex Line();
}
