using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Steps;

public sealed class StepTests
{
    public static TheoryData<string?, bool, bool> Conditions => new()
    {
        // condition                            after success   after failure
        { "success()",                          true,           false },
        { "failure()",                          false,          true },
        { "always()",                           true,           true },
        { "cancelled()",                        false,          false },
        { "!cancelled()",                       true,           true },
        { null,                                 true,           false },
        { "",                                   true,           false },
        { "success() && 1 == 1",                true,           false },
        { "success() && steps.first.outcome == 'success'", true, false },
        { "always() && steps.first.conclusion == 'failure'", false, true },
        { "always() && job.status == 'failure'", false,         true },
        { "always() && ''",                     false,          false },
        { "always() && env.A == '1'",           true,           true },
    };

    [Theory, MemberData(nameof(Conditions))]
    public async Task Condition_decides_whether_a_step_runs(string? condition, bool afterSuccess, bool afterFailure)
    {
        foreach (var (code, runs) in new[] { (0, afterSuccess), (1, afterFailure) })
        {
            using var job = await TestJob.OfAsync(
                Some.Script($"exit {code}", id: "first"),
                Some.Script("echo ran", condition: condition, env: Some.Texts(("A", "1"))));

            Assert.Equal(runs ? Conclusion.Succeeded : Conclusion.Skipped, job.Steps[1].Conclusion);
        }
    }

    [Theory]
    [InlineData("success(", "The condition of the step is not valid.")]
    [InlineData("nonsense.x", "The condition of the step is not valid.")]
    [InlineData("fromJson('{')", "The condition of the step is not valid.")]
    public async Task Condition_that_is_not_valid_fails_the_step_with_a_reason(string condition, string start)
    {
        using var job = await TestJob.OfAsync(Some.Script("echo never", condition: condition), Some.Script("echo after", condition: "failure()"));

        Assert.Equal(Conclusion.Failed, job.Steps[0].Conclusion);
        var line = Assert.Single(job.AllLines(0));
        Assert.StartsWith($"##[error]{start}", line, StringComparison.Ordinal);
        Assert.EndsWith($"The condition is: {condition}", line, StringComparison.Ordinal);
        Assert.Equal(["after"], job.Output(1));
    }

    [Fact]
    public async Task Failed_step_tells_its_exit_code_and_has_an_annotation()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo out; echo err >&2; exit 3"));

        Assert.Equal(["out", "err", "##[error]Process completed with exit code 3."], job.Output(0));
        var annotation = Assert.Single(job.Steps[0].Annotations);
        Assert.Equal((AnnotationLevel.Failure, "Process completed with exit code 3.", 2), (annotation.Level, annotation.Message, annotation.StepNumber));
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Theory]
    [InlineData("set -o | grep pipefail", "bash", "pipefail       \ton")]
    [InlineData("false | true; echo pipe is fine", null, "pipe is fine")]
    [InlineData("import sys; print('python', sys.argv[0][-3:])", "python", "python .py")]
    [InlineData("say 'hi'", "sed -n s/say/said/p {0}", "said 'hi'")]
    public async Task Shell_runs_the_script(string script, string? shell, string output)
    {
        using var job = await TestJob.OfAsync(Some.Script(script, shell: shell));

        Assert.Equal([output], job.Output(0));
    }

    [Theory]
    [InlineData("false\necho never", null)]
    [InlineData("false\necho never", "sh")]
    [InlineData("false | true\necho never", "bash")]
    public async Task Shell_stops_at_the_first_error(string script, string? shell)
    {
        using var job = await TestJob.OfAsync(Some.Script(script, shell: shell));

        Assert.Equal(["##[error]Process completed with exit code 1."], job.Output(0));
    }

    [Theory]
    [InlineData("no-such-shell {0}", null, "##[error]no-such-shell: command not found. It is neither in the added paths nor in PATH: /usr/local/bin:/usr/bin:/bin")]
    [InlineData("nonsense", null, "##[error]shell: 'nonsense' is not valid. Expected one of bash, sh, pwsh, python, or a command line that holds '{0}' for the script's path, such as 'perl {0}'")]
    [InlineData("bash", "missing", "##[error]The working directory '{workspace}/missing' does not exist")]
    public async Task Step_that_cannot_start_says_why(string shell, string? folder, string line)
    {
        using var job = await TestJob.OfAsync(Some.Script("true", shell: shell, workingDirectory: folder));

        Assert.Equal(Conclusion.Failed, job.Steps[0].Conclusion);
        Assert.Equal(line.Replace("{workspace}", job.Paths.Workspace, StringComparison.Ordinal), job.AllLines(0)[^1]);
    }

    [Fact]
    public async Task Shell_is_looked_up_in_the_PATH_of_the_runner_whatever_the_workflow_sets()
    {
        using var job = new TestJob();
        job.WithFile("own/bash", "#!/bin/sh\necho the wrong bash");
        File.SetUnixFileMode(Path.Combine(job.Paths.Workspace, "own/bash"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await job.RunAsync(
            Some.Script("echo of the step: $PATH", env: Some.Texts(("PATH", "/nowhere"))),
            Some.Script("echo not this one", env: Some.Texts(("PATH", $"{job.Paths.Workspace}/own:/usr/bin:/bin"))),
            Some.Script("echo PATH=/opt/tool/bin >> $GITHUB_ENV"),
            Some.Script("echo of the file: $PATH"),
            Some.Script("print('found')", shell: "python"),
            Some.Script("true", shell: "no-such-shell {0}"));

        Assert.Equal(["of the step: /nowhere"], job.Output(0));
        Assert.Equal(["not this one"], job.Output(1));
        Assert.Equal(["of the file: /opt/tool/bin"], job.Output(3));
        Assert.Equal(["found"], job.Output(4));
        Assert.Equal(
            "##[error]no-such-shell: command not found. It is neither in the added paths nor in PATH: /usr/local/bin:/usr/bin:/bin. "
            + "The PATH that the workflow sets is not looked at for shells: GITHUB_PATH adds a folder",
            job.AllLines(5)[^1]);
    }

    [Fact]
    public async Task Shell_in_a_folder_that_a_step_added_is_found_and_in_a_jobs_container_the_steps_PATH_leads_to_it()
    {
        var own = Some.Script("exit 1", shell: "my-shell {0}", env: Some.Texts(("PATH", "/nowhere")));
        using var added = new TestJob();
        using var inContainer = new TestJob();
        foreach (var job in (TestJob[])[added, inContainer])
        {
            job.WithFile("own/my-shell", "#!/bin/sh\necho mine");
            File.SetUnixFileMode(Path.Combine(job.Paths.Workspace, "own/my-shell"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await added.RunAsync(Some.Script($"echo {added.Paths.Workspace}/own >> $GITHUB_PATH"), own);
        await inContainer.RunAsync(Some.Job() with
        {
            JobContainer = new Runner.Jobs.Tokens.StringToken("debian:12"),
            Steps = [Some.Script("exit 1", shell: "my-shell {0}", env: Some.Texts(("PATH", $"{inContainer.Paths.Workspace}/own")))],
        });

        Assert.Equal(["mine"], added.Output(1));
        Assert.Equal(["mine"], inContainer.Output(0));
    }

    [Fact]
    public async Task Working_directory_and_shell_come_from_step_job_workflow_in_this_order()
    {
        using var job = new TestJob();
        foreach (var folder in (string[])["job", "step"])
        {
            Directory.CreateDirectory(Path.Combine(job.Paths.Workspace, folder));
        }

        await job.RunAsync(Some.Job() with
        {
            Defaults =
            [
                Some.Mapping(("run", Some.Texts(("shell", "sh"), ("working-directory", "workflow")))),
                Some.Mapping(("run", Some.Texts(("working-directory", "job")))),
            ],
            Steps = [Some.Script("basename $PWD"), Some.Script("basename $PWD", shell: "bash", workingDirectory: "step"), Some.Script("pwd", workingDirectory: "/")],
        });

        Assert.Equal(["job"], job.Output(0));
        Assert.Contains("shell: /usr/bin/sh -e {0}", job.AllLines(0));
        Assert.Equal(["step"], job.Output(1));
        Assert.Equal(["/"], job.Output(2));
    }

    [Fact]
    public async Task Continue_on_error_keeps_the_failure_as_outcome_only()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("exit 1", id: "a", continueOnError: new BooleanToken(true)),
            Some.Script("exit 0", id: "b"),
            Some.Script("true", id: "c", condition: "failure()"),
            Some.Script("echo $A; echo $B; echo $C", env: Some.Mapping(
                ("A", new ExpressionToken("format('{0} {1}', steps.a.outcome, steps.a.conclusion)")),
                ("B", new ExpressionToken("format('{0} {1}', steps.b.outcome, steps.b.conclusion)")),
                ("C", new ExpressionToken("format('{0} {1}', steps.c.outcome, steps.c.conclusion)")))));

        Assert.Equal(["failure success", "success success", "skipped skipped"], job.Output(3));
        Assert.Equal(Conclusion.Succeeded, job.Steps[0].Conclusion);
        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
    }

    [Fact]
    public async Task Continue_on_error_may_be_an_expression()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("exit 1", continueOnError: new ExpressionToken("env.X == ''")),
            Some.Script("exit 1", continueOnError: new ExpressionToken("'yes'")));

        Assert.Equal([Conclusion.Succeeded, Conclusion.Failed], job.Steps.Select(step => step.Conclusion));
        Assert.Contains(job.AllLines(1), line => line.StartsWith("##[error]continue-on-error is not used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timeout_that_cannot_be_evaluated_is_told_and_not_used()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo ran", timeoutInMinutes: new ExpressionToken("'soon'")));

        Assert.Equal(Conclusion.Succeeded, job.Steps[0].Conclusion);
        Assert.Contains(job.AllLines(0), line => line.StartsWith("##[error]timeout-minutes is not used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Variables_paths_and_outputs_reach_later_steps_also_from_a_failed_step()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("echo A=new >> $GITHUB_ENV; echo /added >> $GITHUB_PATH; echo O=out >> $GITHUB_OUTPUT; echo A is $A; exit 1", id: "first", env: Some.Texts(("A", "step"))),
            Some.Script("echo $A $B ${PATH%%:*}", condition: "always()", env: Some.Mapping(("B", new ExpressionToken("steps.first.outputs.o")))),
            Some.Script("echo $A", condition: "always()", env: Some.Texts(("A", "own"))));

        Assert.Equal("A is step", job.Output(0)[0]);
        Assert.Equal(["new out /added"], job.Output(1));
        Assert.Equal(["own"], job.Output(2));
    }

    [Fact]
    public async Task Workflow_cannot_override_what_belongs_to_the_runner()
    {
        using var job = new TestJob();
        job.Environment["FROM_WORKER"] = "worker";
        job.Environment["CI"] = "from worker";

        await job.RunAsync(Some.Job() with
        {
            EnvironmentVariables = [Some.Texts(("A", "workflow"), ("B", "workflow")), Some.Mapping(("B", new ExpressionToken("format('job+{0}', env.A)")))],
            Steps =
            [
                Some.Script("echo \"$A $B $FROM_WORKER $CI $GITHUB_ACTIONS $GITHUB_WORKSPACE $RUNNER_TEMP $HOME\"", env: Some.Texts(
                    ("GITHUB_WORKSPACE", "mine"), ("RUNNER_TEMP", "mine"), ("GITHUB_ACTIONS", "mine"), ("GITHUB_OWN", "x"))),
            ],
        });

        Assert.Equal([$"workflow job+workflow worker from worker true {job.Paths.Workspace} {job.Paths.Temp} {job.Paths.Home}"], job.Output(0));
    }

    [Fact]
    public async Task Id_token_address_is_given_where_the_message_has_it()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Resources = new JobResources
            {
                Endpoints =
                [
                    new ServiceEndpoint
                    {
                        Name = "SystemVssConnection",
                        Authorization = new EndpointAuthorization { Parameters = new Dictionary<string, string?> { ["AccessToken"] = "jwt-token" } },
                        Data = new Dictionary<string, string?> { ["GenerateIdTokenUrl"] = "https://id.example/" },
                    },
                ],
            },
            Steps = [Some.Script("echo $ACTIONS_ID_TOKEN_REQUEST_URL $ACTIONS_ID_TOKEN_REQUEST_TOKEN [$ACTIONS_RUNTIME_TOKEN]")],
        });

        Assert.Equal(["https://id.example/ *** []"], job.Output(0));
    }

    [Fact]
    public async Task Command_that_failed_fails_the_step_at_its_end()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo ::set-env name=A::x; echo goes on"));

        Assert.Contains("goes on", job.Output(0));
        Assert.Equal(Conclusion.Failed, job.Steps[0].Conclusion);
    }

    [Fact]
    public async Task Name_is_evaluated_again_when_the_step_starts()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("echo n=7 >> $GITHUB_OUTPUT", id: "one"),
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("format('Number {0}', steps.one.outputs.n)") },
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("format('On {0}', runner.os)") },
            Some.Script("\n  echo first\n  echo second"));

        var pending = job.Reporter.Changes.Where(step => step.Status == StepStatus.Pending).Select(step => step.Name).ToList();
        Assert.Equal(["Number ${{ steps.one.outputs.n }}", "On ${{ runner.os }}", "Run echo first"], pending[1..4]);
        Assert.Equal(["Number 7", "On Linux", "Run echo first"], job.Steps.Select(step => step.Name).Skip(1));
    }

    [Fact]
    public async Task Name_sees_the_steps_own_variables_but_is_fixed_once_it_can_be_told()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("true", env: Some.Texts(("WORD", "own"))) with { DisplayNameToken = new ExpressionToken("env.WORD") },
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("format('{0}!', toJSON(job.status))") });

        Assert.Equal(["own", "\"success\"!"], job.Steps.Select(step => step.Name));
    }

    [Fact]
    public async Task Name_of_a_step_in_the_background_that_cannot_be_told_is_warned_of_in_its_log()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("echo 'v={' >> $GITHUB_OUTPUT", id: "one"),
            Some.Script("true") with { Background = true, DisplayNameToken = new ExpressionToken("fromJSON(steps.one.outputs.v)") });

        var background = job.Steps.Single(step => step.Name == "run");
        Assert.StartsWith("The name of a step cannot be evaluated: ${{ fromJSON(steps.one.outputs.v) }}. ", Assert.Single(background.Annotations).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_whose_name_is_empty_or_cannot_be_told_is_called_run()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("true") with { DisplayNameToken = new StringToken("") },
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("env.NOTHING") },
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("format('as {0}', fromJSON('{'))") });

        Assert.Equal(["run", "run", "run"], job.Steps.Select(step => step.Name));
        Assert.Equal([0, 0, 1], job.Steps.Select(step => step.Annotations.Length));
        Assert.StartsWith("The name of a step cannot be evaluated: as ${{ fromJSON('{') }}. ", job.Steps[2].Annotations[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_that_is_no_expression_or_needs_a_variable_that_cannot_be_evaluated_does_not_name_its_step()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("true") with { DisplayNameToken = new ExpressionToken("format('x'") },
            Some.Script("true", env: Some.Mapping(("A", new ExpressionToken("fromJSON('{')")))) with { DisplayNameToken = new ExpressionToken("env.A") });

        Assert.Equal(["run", "${{ env.A }}"], job.Steps.Select(step => step.Name));
        Assert.StartsWith("The name of a step cannot be evaluated: ${{ format('x' }}. ", Assert.Single(job.Steps[0].Annotations).Message, StringComparison.Ordinal);
        Assert.Equal([Conclusion.Succeeded, Conclusion.Failed], job.Steps.Select(step => step.Conclusion));
    }

    [Fact]
    public async Task Disabled_steps_are_left_out()
    {
        using var job = await TestJob.OfAsync(Some.Script("echo no") with { Enabled = false }, Some.Script("echo yes"));

        Assert.Equal(["yes"], job.Output(0));
        Assert.Equal(3, job.Result?.Steps.Length);
    }

    [Fact]
    public async Task Debug_mode_shows_how_conditions_were_decided()
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["ACTIONS_STEP_DEBUG"] = new() { Value = "true", IsSecret = true } },
            Steps = [Some.Script("echo $RUNNER_DEBUG", name: "Try", condition: "success() && 'x'")],
        });

        Assert.Equal(
            [
                "##[debug]Evaluating condition for step: 'Try'", "##[debug]Evaluating: (success() && 'x')", "##[debug]Evaluating And:",
                "##[debug]..Evaluating success:", "##[debug]..=> true", "##[debug]..Evaluating String:", "##[debug]..=> 'x'", "##[debug]=> 'x'",
                "##[debug]Expanded: (true && 'x')", "##[debug]Result: 'x'", "##[debug]Starting: Try", "##[debug]Loading inputs", "##[debug]Loading env",
            ],
            job.AllLines(0).Take(13));
        Assert.Equal(["1", "##[debug]Finishing: Try"], job.AllLines(0).TakeLast(2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Malformed_tokens_fail_the_step_and_the_job_goes_on()
    {
        using var job = await TestJob.OfAsync(
            Some.Script("echo x") with { Inputs = new StringToken("no mapping") },
            Some.Script("echo x", condition: "always()") with { Inputs = null },
            Some.Script("echo x", condition: "always()", env: Some.Mapping(("A", new SequenceToken([])))),
            Some.Script("echo x\0y", condition: "always()", env: Some.Texts(("A", "\0"))),
            Some.Script("echo end", condition: "always()"));

        Assert.All(job.Steps.SkipLast(1), step => Assert.Equal(Conclusion.Failed, step.Conclusion));
        Assert.All(job.Steps.SkipLast(1), step => Assert.NotEmpty(step.Annotations));
        Assert.Equal(["end"], job.Output(4));
    }
}
