using Runner.Execution.Steps;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

public sealed class JobRunnerTests
{
    [Fact]
    public async Task Job_runs_its_steps_between_set_up_and_completion()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo hello"), Some.Script("echo world", name: "Greet"));

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(["Set up job", "Run echo hello", "Greet", "Complete job"], job.Result?.Steps.Select(step => step.Name));
        Assert.Equal([1, 2, 3, 4], job.Result?.Steps.Select(step => step.Number));
        Assert.All(job.Result?.Steps ?? [], step => Assert.Equal((StepStatus.Completed, Conclusion.Succeeded), (step.Status, step.Conclusion)));
        Assert.Equal(["hello"], job.Output(0));
        Assert.Equal(["world"], job.Output(1));
    }

    [Fact]
    public async Task Steps_are_told_as_pending_before_the_first_runs_and_each_log_ends_once()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo hello"), Some.Script("echo world", name: "Greet"));

        Assert.Equal(
            [
                "1 Set up job InProgress", "2 Run echo hello Pending", "3 Greet Pending", "1 Set up job Completed",
                "2 Run echo hello InProgress", "2 Run echo hello Completed", "3 Greet InProgress", "3 Greet Completed",
                "4 Complete job InProgress", "4 Complete job Completed",
            ],
            job.Reporter.Changes.Select(step => $"{step.Number} {step.Name} {step.Status}"));
        Assert.Equal(job.Result?.Steps.Select(step => step.Id), job.Reporter.EndedLogs);
        Assert.All(job.Result?.Steps ?? [], step => Assert.Equal(job.Reporter.LinesOf(step.Id).Count, step.LogLines));
    }

    [Fact]
    public async Task Log_of_the_last_step_is_told_before_the_first_of_the_job_runs()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo hello"));

        var expected = Assert.Single(job.Reporter.ExpectedLogs);
        Assert.Equal(job.Result?.Steps[^1].Id, expected.Step);
        Assert.DoesNotContain(job.Reporter.Changes.Take(expected.Changes), step => step is { Number: 2, Status: StepStatus.InProgress });
    }

    [Fact]
    public async Task Set_up_tells_who_runs_the_job_where_and_since_when()
    {
        using var job = new TestJob();
        var seen = DateTimeOffset.Parse("2026-01-31T08:15:30.123Z", System.Globalization.CultureInfo.InvariantCulture);
        using var folder = new TempFolder();
        var payload = Some.Payload(Some.Job(name: "build (linux)"), folder.FullPath);
        payload = payload with
        {
            Job = payload.Job with
            {
                Variables = new Dictionary<string, VariableValue> { ["system.github.token.permissions"] = new() { Value = """{"Contents":"read","Packages":"write"}""" } },
            },
            Runner = payload.Runner with { GroupName = "Default", MachineName = "node-1", Placement = ["image: debian:12", "node selector: gpu=yes"] },
            Times = new LaunchTimes { MessageSeen = seen, PodCreated = seen.AddMilliseconds(12), ContainersStarted = seen.AddSeconds(1.5) },
        };

        await job.RunAsync(payload);

        Assert.Equal(
            [
                "Current runner version: '0.0.0-test'", "Runner name: 'test-runner'", "Runner group name: 'Default'", "Machine name: 'node-1'",
                "##[group]Placement", "image: debian:12", "node selector: gpu=yes", "##[endgroup]",
                "##[group]Times", "Message seen:       2026-01-31T08:15:30.123Z", "Created:            2026-01-31T08:15:30.135Z (+0.012 s)",
                "Started:            2026-01-31T08:15:31.623Z (+1.488 s)", "##[endgroup]",
                "##[group]GITHUB_TOKEN Permissions", "Contents: read", "Packages: write", "##[endgroup]",
                "Secret source: Actions", "Prepare workflow directory", "Prepare all required actions", "Complete job name: build (linux)",
            ],
            job.Reporter.LinesOf(job.Result?.Steps[0].Id ?? default));
    }

    [Theory]
    [InlineData("{", "##[warning]The permissions of the token cannot be shown: variable system.github.token.permissions is no JSON")]
    [InlineData("[]", "Secret source: Actions")]
    public async Task Permissions_that_cannot_be_shown_do_not_fail_the_job(string json, string line)
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with { Variables = new Dictionary<string, VariableValue> { ["system.github.token.permissions"] = new() { Value = json } } });

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Equal(line, job.LinesOf("Set up job")[2]);
    }

    [Fact]
    public async Task Job_of_a_called_workflow_tells_its_file_and_inputs()
    {
        using var job = new TestJob();
        static VariableValue Text(string value) => new() { Value = value };

        await job.RunAsync(Some.Job(name: "call / build") with
        {
            Variables = new Dictionary<string, VariableValue>
            {
                ["system.workflowFilePath"] = Text("ci/called.yml"),
                ["system.workflowFileFullPath"] = Text("acme/tools/ci/called.yml"),
                ["system.workflowFileRef"] = Text("refs/tags/v1"),
                ["system.workflowFileSha"] = Text("0123"),
            },
            ContextData = new Dictionary<string, ContextData>
            {
                ["github"] = DictionaryData.FromStrings(new Dictionary<string, string> { ["workflow_ref"] = "acme/app/.github/workflows/ci.yml@refs/heads/main" }),
                ["inputs"] = new DictionaryData([new("level", new NumberData(2)), new("dry", new BooleanData(true))]),
            },
        });

        Assert.Equal(
            ["Uses: acme/tools/ci/called.yml@refs/tags/v1 (0123)", "##[group]Inputs", "level: 2", "dry: true", "##[endgroup]", "Complete job name: call / build"],
            job.Reporter.LinesOf(job.Result?.Steps[0].Id ?? default).TakeLast(6));
    }

    [Fact]
    public async Task Completion_shows_the_moments_with_the_first_step()
    {
        using var job = await TestJob.OfAsync(Some.Script("true"), Some.Script("true"));

        var lines = job.Reporter.LinesOf(job.Result?.Steps[^1].Id ?? default);
        Assert.Contains(lines, line => line.StartsWith("First step:         20", StringComparison.Ordinal));
        Assert.InRange(job.Result?.FirstStep ?? default, job.Steps[0].StartedAt ?? default, job.Steps[0].CompletedAt ?? default);
        Assert.True(job.Result?.LastStepEnded >= job.Steps[1].CompletedAt);
    }

    [Fact]
    public async Task Header_shows_script_shell_and_environment()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            EnvironmentVariables = [Some.Texts(("A", "1"))],
            Steps = [Some.Script("echo one\necho two\n", shell: "bash", env: Some.Texts(("B", "2"))), Some.Script("echo x")],
        });

        Assert.Equal(
            [
                "##[group]Run echo one", "\u001b[36;1mecho one\u001b[0m", "\u001b[36;1mecho two\u001b[0m",
                "shell: /usr/bin/bash --noprofile --norc -e -o pipefail {0}", "env:", "  A: 1", "  B: 2", "##[endgroup]", "one", "two",
            ],
            job.AllLines(0));
        Assert.Contains("shell: /usr/bin/bash -e {0}", job.AllLines(1));
    }

    [Fact]
    public async Task Job_container_is_where_the_worker_runs_and_uses_sh()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job(container: new StringToken("debian:12")) with { Steps = [Some.Script("[ -z \"$BASH_VERSION\" ] && echo no bash")] });

        Assert.Contains("shell: sh -e {0}", job.AllLines(0));
        Assert.Equal(["no bash"], job.Output(0));
    }

    [Fact]
    public async Task Container_without_an_image_is_none()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job(container: Some.Texts(("image", ""))) with { Steps = [Some.Script("[ -n \"$BASH_VERSION\" ] && echo bash")] });

        Assert.Equal(["bash"], job.Output(0));
    }

    [Fact]
    public async Task Members_of_job_tell_the_workflows_file_and_what_GitHub_sent()
    {
        using var job = new TestJob();
        string[] members = ["workflow_ref", "workflow_sha", "workflow_repository", "workflow_file_path", "check_run_id", "status"];

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue>
            {
                ["system.workflowFilePath"] = new() { Value = ".github/workflows/ci.yml" },
                ["system.workflowFileFullPath"] = new() { Value = "acme/app/.github/workflows/ci.yml" },
                ["system.workflowFileRef"] = new() { Value = "refs/heads/main" },
                ["system.workflowFileSha"] = new() { Value = "0123" },
            },
            ContextData = new Dictionary<string, ContextData> { ["job"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("check_run_id", new NumberData(77))]) },
            Steps = [.. members.Select(member => Some.Script("echo \"$M\"", env: Some.Mapping(("M", new ExpressionToken($"job.{member}")))))],
        });

        Assert.Equal(
            ["acme/app/.github/workflows/ci.yml@refs/heads/main", "0123", "acme/app", ".github/workflows/ci.yml", "77", "success"],
            Enumerable.Range(0, members.Length).Select(step => Assert.Single(job.Output(step))));
    }

    [Fact]
    public async Task Nulls_in_a_message_bring_nothing_down()
    {
        using var job = new TestJob();
        const string Json = """
            {
              "jobId": "33333333-3333-3333-3333-333333333333", "plan": {"planId": "11111111-1111-1111-1111-111111111111"},
              "variables": {"a": null, "b": {"value": null, "isSecret": true}}, "mask": [null, {"type": "regex", "value": null}],
              "steps": [null, {"type": "action", "reference": {"type": "script"}, "inputs": {"type": 2, "map": [{"Key": "script", "Value": "echo ran"}]}}, {"type": "action"}],
              "environmentVariables": [null], "defaults": [null], "contextData": {"github": null, "vars": null}, "fileTable": null
            }
            """;

        await job.RunAsync(System.Text.Json.JsonSerializer.Deserialize(Json, Runner.Jobs.Messages.JobMessageJson.Default.JobMessage) ?? Some.Job());

        Assert.Equal(["ran"], job.Output(0));
        Assert.Equal([Conclusion.Succeeded, Conclusion.Failed], job.Steps.Select(step => step.Conclusion));
        Assert.StartsWith("##[error]uses: an action without a reference is of a kind that this version of the runner does not know", job.AllLines(1)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_code_of_each_step_is_on_disk()
    {
        using var job = await TestJob.OfAsync(Some.Script("exit 0"), Some.Script("exit 7"), Some.Script("exit 0"));

        Assert.Equal("2 0\n3 7\n", await File.ReadAllTextAsync(ExitCodeFile.PathOf(job.Paths), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exit_code_that_the_disk_does_not_take_is_told_once_and_fails_no_step()
    {
        using var job = new TestJob();
        Directory.CreateDirectory(Path.Combine(ExitCodeFile.PathOf(job.Paths), "x")); // a folder in the way of the file

        await job.RunAsync(Some.Script("exit 0"), Some.Script("exit 0"));

        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
        Assert.Single(job.Reporter.Lines, line => line.StartsWith("##[warning]The runner cannot write to its own disk: ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Pipe_in_the_place_of_the_exit_codes_is_not_waited_for()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Script($"mkfifo {ExitCodeFile.PathOf(job.Paths)}"), Some.Script("exit 0"));

        Assert.Equal("2 0\n3 0\n", await File.ReadAllTextAsync(ExitCodeFile.PathOf(job.Paths), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Script_that_the_disk_does_not_take_is_the_runners_own_error()
    {
        using var job = new TestJob();
        job.Environment["PATH"] = "/usr/bin:/bin";

        await job.RunAsync(
            Some.Script("rm -r $RUNNER_TEMP/_runner_file_commands; touch $RUNNER_TEMP/_runner_file_commands"), Some.Script("echo never", condition: "always()"));

        Assert.StartsWith(
            $"##[error]The runner cannot make the step's command files in '{job.Paths.Temp}/_runner_file_commands': ",
            Assert.Single(job.AllLines(1)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_of_the_job_come_from_its_steps_and_never_hold_a_secret()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["KEY"] = new() { Value = "hidden", IsSecret = true } },
            Steps = [Some.Script("echo v=42 >> $GITHUB_OUTPUT; echo ::set-output name=w::43; echo \"s=a hidden b\" >> $GITHUB_OUTPUT", id: "one")],
            JobOutputs = Some.Mapping(
                ("v", new ExpressionToken("steps.one.outputs.v")),
                ("W", new ExpressionToken("steps.one.outputs.w")),
                ("empty", new ExpressionToken("steps.none.outputs.x")),
                ("secret", new ExpressionToken("steps.one.outputs.s"))),
            ActionsEnvironment = new ActionsEnvironment { Name = "prod", Url = new ExpressionToken("format('https://{0}', steps.one.outputs.v)") },
        });

        Assert.Equal(["v=42", "W=43"], job.Result?.Outputs.Select(output => $"{output.Key}={output.Value.Value}").Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("https://42", job.Result?.EnvironmentUrl);
        Assert.Contains("##[warning]Skip output 'secret' since it may contain secret.", job.Reporter.Lines);
    }

    [Fact]
    public async Task Environment_address_that_cannot_be_evaluated_fails_the_job_and_is_told_as_such()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Steps = [Some.Script("true")],
            ActionsEnvironment = new ActionsEnvironment { Name = "prod", Url = new ExpressionToken("fromJSON('[1]')") },
        });

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        var lines = job.LinesOf("Complete job");
        Assert.Equal(["##[error]Failed to evaluate environment url", "##[error]A sequence was not expected"], lines.Where(line => line.StartsWith("##[error]", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Environment_address_with_a_secret_is_not_given_away()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["KEY"] = new() { Value = "hidden", IsSecret = true } },
            Steps = [Some.Script("true")],
            ActionsEnvironment = new ActionsEnvironment { Name = "prod", Url = new ExpressionToken("format('https://{0}', secrets.KEY)") },
        });

        Assert.Equal((Conclusion.Succeeded, null), (job.Result?.Conclusion, job.Result?.EnvironmentUrl));
        Assert.Contains("##[warning]Skip setting environment url as environment 'prod' may contain secret.", job.LinesOf("Complete job"));
    }

    [Theory]
    [InlineData("fromJSON('{\"a\":1}')", "A mapping was not expected")]
    [InlineData("fromJSON('[1]')", "A sequence was not expected")]
    [InlineData("github", "A mapping was not expected")]
    [InlineData("steps.one.outputs", "A mapping was not expected")]
    [InlineData("fromJSON('{')", null)]
    public async Task Output_that_is_no_text_fails_the_job_and_says_so(string expression, string? message)
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with { Steps = [Some.Script("echo a=1 >> $GITHUB_OUTPUT", id: "one")], JobOutputs = Some.Mapping(("v", new ExpressionToken(expression))) });

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(Conclusion.Failed, job.Result?.Steps[^1].Conclusion);
        var errors = job.LinesOf("Complete job").Where(line => line.StartsWith("##[error]", StringComparison.Ordinal)).ToList();
        Assert.Equal((2, "##[error]Fail to evaluate job outputs"), (errors.Count, errors[0]));
        Assert.Equal(message is null ? errors[1] : "##[error]" + message, errors[1]);
    }

    [Fact]
    public async Task Secrets_have_the_names_of_the_message()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["github_token"] = new() { Value = "t0ken", IsSecret = true }, ["KEY"] = new() { Value = "k3y", IsSecret = true } },
            Steps = [Some.Script("echo \"$NAMES\" | tr -d ' \\n\"'; echo; [ \"$TOKEN\" = t0ken ] && echo found", env: Some.Mapping(("NAMES", new ExpressionToken("toJSON(secrets)")), ("TOKEN", new ExpressionToken("secrets.GITHUB_TOKEN"))))],
        });

        Assert.Equal(["{github_token:***,KEY:***}", "found"], job.Output(0));
    }

    [Fact]
    public async Task Variable_of_the_workflow_with_a_NUL_character_fails_the_set_up_and_is_named()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with { EnvironmentVariables = [Some.Texts(("A", "1"), ("B", "a\0b"))], Steps = [Some.Script("echo never")] });

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Contains("##[error]env: the variable 'B' holds a NUL character (\\0), which no process can be given", job.Reporter.Lines);
    }

    [Fact]
    public async Task Job_that_cannot_be_set_up_fails_with_the_reason_in_its_log_and_runs_no_step()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            FileTable = [".github/workflows/ci.yml"],
            EnvironmentVariables = [Some.Mapping(("A", new ExpressionToken("github.[") { Position = new SourcePosition(1, 5, 8) }))],
            Steps = [Some.Script("echo never")],
        });

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Equal(["Set up job"], job.Result?.Steps.Select(step => step.Name));
        Assert.Contains(job.Reporter.Lines, line => line.StartsWith("##[error].github/workflows/ci.yml (Line: 5, Col: 8): ", StringComparison.Ordinal));
        Assert.DoesNotContain("never", job.Reporter.Lines);
    }

    [Fact]
    public async Task Event_is_a_file_and_contexts_reach_the_scripts()
    {
        using var job = new TestJob();
        var github = DictionaryData.FromStrings([KeyValuePair.Create("repository", "acme/app"), KeyValuePair.Create("ref", "refs/heads/main")])
            .With("event", new DictionaryData([KeyValuePair.Create("n", (ContextData)new NumberData(3))]))
            .With("ref_protected", new BooleanData(true));

        await job.RunAsync(Some.Job() with
        {
            ContextData = new Dictionary<string, ContextData>
            {
                ["github"] = github,
                ["matrix"] = DictionaryData.FromStrings([KeyValuePair.Create("os", "linux")]),
                ["vars"] = DictionaryData.FromStrings([KeyValuePair.Create("LEVEL", "2")]),
            },
            Variables = new Dictionary<string, VariableValue>
            {
                ["MY_KEY"] = new() { Value = "hidden", IsSecret = true },
                ["github_token"] = new() { Value = "ghs_1", IsSecret = true },
                ["system.github.token"] = new() { Value = "ghs_1", IsSecret = true },
                ["system.github.job"] = new() { Value = "build" },
            },
            Steps =
            [
                Some.Script("tr -d ' \\n' < $GITHUB_EVENT_PATH; echo; echo $GITHUB_REPOSITORY $GITHUB_REF_PROTECTED $GITHUB_JOB [$GITHUB_TOKEN] $RUNNER_OS $RUNNER_NAME $CI $GITHUB_ACTIONS $T; [ \"$S\" = hidden ] && echo ok",
                    env: Some.Mapping(
                        ("T", new ExpressionToken("format('{0}-{1}-{2}', matrix.os, vars.level, github.event.n)")),
                        ("S", new ExpressionToken("secrets.MY_KEY")))),
                Some.Script("[ \"$T\" = ghs_1-ghs_1 ] && echo ok", env: Some.Mapping(("T", new ExpressionToken("format('{0}-{1}', github.token, secrets.GITHUB_TOKEN)")))),
                Some.Script("echo [$T]", env: Some.Mapping(("T", new ExpressionToken("format('{0}{1}', secrets['system.github.token'], secrets['system.github.job'])")))),
            ],
        });

        Assert.Equal(["{\"n\":3}", "acme/app true build [] Linux test-runner true true linux-2-3", "ok"], job.Output(0));
        Assert.Equal(["ok"], job.Output(1));
        Assert.Equal(["[]"], job.Output(2));
        Assert.DoesNotContain(job.Reporter.Lines, line => line.Contains("hidden", StringComparison.Ordinal) || line.Contains("ghs_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Processes_left_behind_are_killed_at_the_end()
    {
        using var job = await TestJob.OfAsync(Some.Script("(sleep 1000 > /dev/null 2>&1 &) ; echo started"), Some.Script("pgrep -f 'sleep 1000' > /dev/null && echo still there"));

        Assert.Equal(["started"], job.Output(0));
        Assert.Equal(["still there"], job.Output(1));
        Assert.Contains(job.Reporter.Lines, line => line.StartsWith("Terminate orphan process: pid (", StringComparison.Ordinal) && line.EndsWith(") (sleep)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Process_may_be_exempted_from_the_clean_up()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["process.clean"] = new() { Value = "False" } },
            Steps = [Some.Script("true")],
        });

        Assert.DoesNotContain("Cleaning up orphan processes", job.Reporter.Lines);
    }

    [Fact]
    public async Task Workspace_is_emptied_where_asked()
    {
        using var job = new TestJob();
        Directory.CreateDirectory(Path.Combine(job.Paths.Workspace, "old/folder"));
        await File.WriteAllTextAsync(Path.Combine(job.Paths.Workspace, "old/file"), "x", TestContext.Current.CancellationToken);

        await job.RunAsync(Some.Job() with { Workspace = new WorkspaceOptions { Clean = "all" }, Steps = [Some.Script("ls -A; pwd")] });

        Assert.Equal([job.Paths.Workspace], job.Output(0));
    }
}
