using Runner.Emulator.Faults;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>Workflows from queue to result: emulator, agent, host backend and the real worker.</summary>
public sealed class AgentHostTests
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Job_whose_steps_succeed_is_green_and_its_log_is_whole()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: [self-hosted, linux]
                steps:
                  - name: Count
                    run: seq 1 5000
            """);

        var job = run.Job("one");
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Step("Count").Conclusion);
        var log = await test.Emulator.ReadStepLogAsync(job.Id, job.Step("Count").Id, Token);
        Assert.Equal(Enumerable.Range(1, 5000).Select(number => $"{number}"), Numbers(log));
        Assert.Equal(Enumerable.Range(1, 5000).Select(number => $"{number}"), Numbers(await test.Emulator.ReadLogAsync(job.Id, Token)));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_step_fails_is_red_and_the_steps_after_it_are_skipped()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Break
                    run: exit 3
                  - name: After
                    run: echo never
                  - name: Always
                    if: always()
                    run: echo always
            """);

        var job = run.Job("one");
        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Equal(Conclusion.Failed, job.Step("Break").Conclusion);
        Assert.Equal(Conclusion.Skipped, job.Step("After").Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Step("Always").Conclusion);
        Assert.Contains("exit code 3", await test.Emulator.ReadLogAsync(job.Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Failure_that_continue_on_error_covers_leaves_the_job_green()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Shaky
                    id: shaky
                    continue-on-error: true
                    run: exit 1
                  - run: test "${{ steps.shaky.outcome }} ${{ steps.shaky.conclusion }}" = "failure success"
            """);

        Assert.Equal(Conclusion.Succeeded, run.Job("one").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Secret_comes_out_masked_in_every_log()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(
            test,
            """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Tell
                    env:
                      KEY: ${{ secrets.KEY }}
                    run: |
                      echo "it is $KEY"
                      test "$KEY" = correct-horse
            """,
            ("KEY", "correct-horse"));

        var job = run.Job("one");
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        var log = await test.Emulator.ReadLogAsync(job.Id, Token);
        Assert.Contains("it is ***", log, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", log, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", await test.Emulator.ReadStepLogAsync(job.Id, job.Step("Tell").Id, Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Outputs_travel_to_the_jobs_that_need_them()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              first:
                runs-on: self-hosted
                outputs:
                  answer: ${{ steps.think.outputs.answer }}
                steps:
                  - id: think
                    run: echo "answer=42" >> "$GITHUB_OUTPUT"
              second:
                needs: first
                runs-on: self-hosted
                steps:
                  - run: test "${{ needs.first.outputs.answer }} ${{ needs.first.result }}" = "42 success"
            """);

        Assert.Equal("42", run.Job("first").Outputs["answer"]);
        Assert.Equal(Conclusion.Succeeded, run.Job("second").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_ends_the_step_and_runs_what_is_for_cancelled_jobs()
    {
        await using var test = await StartAsync();
        var run = Queue(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Long
                    run: |
                      echo started
                      exec sleep 600
                  - name: Clean up
                    if: cancelled()
                    run: echo cleaned
            """);
        await test.Emulator.WaitForJobAsync(run.Job("one").Id, job => job.Steps.Any(step => step is { Name: "Long", Status: StepStatus.InProgress }), Token);

        test.Emulator.CancelRun(run.Id);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        var job = ended.Job("one");
        Assert.Equal(Conclusion.Canceled, job.Conclusion);
        Assert.Equal(Conclusion.Canceled, job.Step("Long").Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Step("Clean up").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_killed_in_the_middle_of_a_step_fails_the_job_and_keeps_what_was_logged()
    {
        await using var test = await StartAsync();

        // The step's shell is a child of the worker. What it printed is not sent yet, as it lives for less than the three seconds after which a log is.
        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Before
                    run: echo a line before the end
                  - name: End
                    run: echo the last line; sleep 1; kill -9 $PPID; sleep 60
            """);

        var job = run.Job("one");
        Assert.Equal(Conclusion.Failed, job.Conclusion);
        var reason = Assert.Single(job.Annotations).Message;
        Assert.Contains("SIGKILL", reason, StringComparison.Ordinal);
        var log = await test.Emulator.ReadLogAsync(job.Id, Token);
        Assert.Contains(" a line before the end\n", log, StringComparison.Ordinal);
        Assert.Contains(" the last line\n", log, StringComparison.Ordinal);
        Assert.Contains($"##[error]{reason}", log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_whose_step_writes_its_outcome_and_kills_the_worker_has_failed()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, $$"""
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Forge
                    run: |
                      for reported in false true; do
                        find {{test.JobsFolder}} -name spool -exec sh -c 'echo "{\"conclusion\":\"succeeded\",\"isReported\":$1}" >"$0/../outcome.json"' {} $reported \;
                      done
                      kill -9 $PPID; sleep 60
                  - name: Never
                    run: exit 1
              two:
                needs: one
                runs-on: self-hosted
                steps:
                  - run: echo never
            """);

        Assert.Equal(Conclusion.Failed, run.Job("one").Conclusion);
        Assert.Equal(Conclusion.Skipped, run.Job("two").Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Process_that_puts_off_parent_session_and_environment_ends_with_the_job()
    {
        await using var test = await StartAsync();
        var mark = Path.Combine(test.JobsFolder, "..", "left");

        var run = await RunAsync(test, $"""
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Leave
                    run: |
                      env -i /usr/bin/setsid -f /bin/sh -c 'echo $$ >{mark}; exec sleep 600'
                      while [ ! -s {mark} ]; do sleep 0.05; done
            """);

        Assert.Equal(Conclusion.Succeeded, run.Job("one").Conclusion);
        var left = File.ReadAllText(mark).Trim();
        await Until.TrueAsync(() => !File.Exists($"/proc/{left}/stat") || File.ReadAllText($"/proc/{left}/stat").Contains(") Z ", StringComparison.Ordinal), Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_stops_and_starts_again_does_not_touch_a_running_job()
    {
        await using var test = await StartAsync(options => options.Agent.DrainTimeout = TimeSpan.Zero);
        var go = Path.Combine(test.JobsFolder, "..", "go");
        var run = Queue(test, $"""
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Wait
                    run: while [ ! -e {go} ]; do sleep 0.05; done
            """);
        await test.Emulator.WaitForJobAsync(run.Job("one").Id, job => job.Steps.Any(step => step is { Name: "Wait", Status: StepStatus.InProgress }), Token);

        await test.StopAgentAsync();
        await test.StartAgentAsync(Token);
        await File.WriteAllTextAsync(go, string.Empty, Token);
        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(Conclusion.Succeeded, ended.Conclusion);
        while (Directory.GetDirectories(test.JobsFolder, "job-*").Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token); // the new agent removes the folder
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("/twirp/", 500)]
    [InlineData("/twirp/", 0)]
    [InlineData("/blobs/", 429)]
    [InlineData("/", 503)]
    public async Task Outage_of_a_few_seconds_costs_nothing_but_time(string prefix, int status)
    {
        await using var test = await StartAsync();
        var run = Queue(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - name: Count
                    run: for i in $(seq 1 300); do echo $i; sleep 0.01; done
            """);
        await test.Emulator.WaitForJobAsync(run.Job("one").Id, job => job.Steps.Any(step => step is { Name: "Count", Status: StepStatus.InProgress }), Token);

        test.Emulator.AddFault(new Fault { Prefix = prefix, Status = status, Seconds = 5 });
        var ended = await test.WaitForRunAsync(run.Id, Token);

        var job = ended.Job("one");
        Assert.Equal(Conclusion.Succeeded, job.Conclusion);
        var log = await test.Emulator.ReadStepLogAsync(job.Id, job.Step("Count").Id, Token);
        Assert.Equal(Enumerable.Range(1, 300).Select(number => $"{number}"), Numbers(log));
    }

    [Fact(Timeout = Limit)]
    public async Task Five_moments_of_a_job_are_in_its_log_and_on_the_agents_line()
    {
        await using var test = await StartAsync();

        var run = await RunAsync(test, """
            jobs:
              one:
                runs-on: self-hosted
                steps:
                  - run: echo hello
            """);
        await test.StopAgentAsync();

        var line = Assert.Single(test.Logs, line => line.Contains("Information 1204", StringComparison.Ordinal));
        Assert.Matches(@"seen=20\S+Z created=20\S+Z scheduled=\S+ containersStarted=20\S+Z firstStep=20\S+Z", line);
        Assert.Contains("First step", await test.Emulator.ReadLogAsync(run.Job("one").Id, Token), StringComparison.OrdinalIgnoreCase);
    }

    private static Task<AgentOnHost> StartAsync(Action<Agent.Configuration.AgentOptions>? configure = null)
    {
        var worker = TestWorker.Real();
        return AgentOnHost.StartAsync(_ => worker, Token, configure);
    }

    private static RunInfo Queue(AgentOnHost test, string jobs, params (string Name, string Value)[] secrets) => test.Emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\n{jobs}\n",
        Secrets = secrets.ToDictionary(secret => secret.Name, secret => secret.Value),
    });

    private static Task<RunInfo> RunAsync(AgentOnHost test, string jobs, params (string Name, string Value)[] secrets) =>
        test.WaitForRunAsync(Queue(test, jobs, secrets).Id, Token);

    private static IEnumerable<string> Numbers(string? log) => (log ?? string.Empty)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])
        .Where(line => line.All(char.IsAsciiDigit));
}
