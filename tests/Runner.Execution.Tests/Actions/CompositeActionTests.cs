using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Actions;

public sealed class CompositeActionTests
{
    [Fact(Timeout = 60_000)]
    public async Task Steps_of_a_local_action_see_inputs_their_own_results_and_their_folder()
    {
        using var job = new TestJob().WithFile(".github/actions/x/action.yml", """
            inputs:
              who: { description: x, default: nobody }
            outputs:
              said: { description: x, value: "${{ steps.say.outputs.v }}!" }
            runs:
              using: composite
              steps:
                - id: say
                  shell: bash
                  run: |
                    echo "hello ${{ inputs.who }}"
                    echo "v=hello ${{ inputs.who }}" >> $GITHUB_OUTPUT
                - shell: sh
                  run: echo "[${{ steps.outer.outcome }}] [${{ steps.say.outcome }}] $(basename $GITHUB_ACTION_PATH) ${{ github.action_status }} [${{ secrets.KEY }}]"
            """.Replace(" [${{ secrets.KEY }}]", "", StringComparison.Ordinal));

        await job.RunAsync(
            Some.Script("true", id: "outer"),
            Some.Using("./.github/actions/x", id: "x", with: Some.Texts(("who", "world"))),
            Some.Script("echo $S [$I]", env: Some.Mapping(("S", new ExpressionToken("steps.x.outputs.said")), ("I", new ExpressionToken("steps.say.outcome")))));

        Assert.Equal(["Prepare all required actions", "hello world", "[] [success] x success"], job.OutputOf("Run ./.github/actions/x"));
        Assert.Equal(["hello world! []"], job.OutputOf("Run echo $S [$I]"));
        Assert.Contains("##[group]Run ./.github/actions/x", job.LinesOf("Run ./.github/actions/x"));
        Assert.Contains("##[group]Run echo \"hello world\"", job.LinesOf("Run ./.github/actions/x"));
        Assert.Contains("shell: /usr/bin/bash --noprofile --norc -e -o pipefail {0}", job.LinesOf("Run ./.github/actions/x"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Variables_of_the_step_reach_the_inner_steps_and_those_they_set_are_the_jobs()
    {
        using var job = new TestJob().WithFile("x/action.yml", """
            runs:
              using: composite
              steps:
                - shell: sh
                  env: { B: inner }
                  run: |
                    echo $A $B $C
                    echo A=set >> $GITHUB_ENV
                    echo D=set >> $GITHUB_ENV
                - { shell: sh, run: 'echo $A $B $C $D' }
            """);

        await job.RunAsync(Some.Job() with
        {
            EnvironmentVariables = [Some.Texts(("A", "job"), ("C", "job"))],
            Steps = [Some.Using("./x", env: Some.Texts(("A", "step"), ("B", "step"))), Some.Script("echo $A $B $C $D")],
        });

        Assert.Equal(["Prepare all required actions", "step inner job", "step step job set"], job.OutputOf("Run ./x"));
        Assert.Equal(["set job set"], job.OutputOf("Run echo $A $B $C $D"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nearest_value_of_a_variable_wins_through_all_levels_whichever_of_them_have_it()
    {
        var random = new Random(11);
        string[] names = ["A", "a", "B", "LONG_NAME", "Long_Name"];
        string[] levels = ["workflow", "job", "set", "step", "middle", "inner"];
        for (var round = 0; round < 12; round++)
        {
            var given = levels.ToDictionary(level => level, _ => names.Where(_ => random.Next(2) == 0).ToList());

            // A mapping of YAML has no two names that differ in case only; what steps set may.
            foreach (var level in levels.Where(level => level != "set"))
            {
                given[level] = [.. given[level].DistinctBy(name => name.ToUpperInvariant())];
            }

            using var job = new TestJob()
                .WithFile("middle/action.yml", $"runs: {{ using: composite, steps: [{{ uses: ./inner, env: {Env("middle")} }}] }}")
                .WithFile("inner/action.yml", $"runs: {{ using: composite, steps: [{{ shell: bash, run: env, env: {Env("inner")} }}] }}");

            await job.RunAsync(Some.Job() with
            {
                EnvironmentVariables = [Texts("workflow"), Texts("job")],
                Steps =
                [
                    Some.Script(string.Join('\n', given["set"].Select(name => $"echo {name}=set >> $GITHUB_ENV").Append("true"))),
                    Some.Using("./middle", env: Texts("step")),
                ],
            });

            Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
            var seen = job.OutputOf("Run ./middle");
            foreach (var name in names)
            {
                var nearest = levels.LastOrDefault(level => given[level].Contains(name));
                Assert.Equal(nearest is null ? [] : [$"{name}={nearest}"], seen.Where(line => line.StartsWith(name + "=", StringComparison.Ordinal)));
            }

            string Env(string level) => "{ " + string.Join(", ", given[level].Select(name => $"{name}: {level}")) + " }";
            Runner.Jobs.Tokens.MappingToken Texts(string level) => Some.Texts([.. given[level].Select(name => (name, level))]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Context_and_variables_of_an_action_are_those_of_GitHub_at_every_level()
    {
        const string Show = "echo \"[$GITHUB_ACTION] [${GITHUB_ACTION_PATH#*/actions/}] [${GITHUB_ACTION_REPOSITORY-unset}] [${GITHUB_ACTION_REF-unset}] $E\"";
        const string E = "${{ format('{0} {1} {2}', github.action, github.action_repository, github.action_ref) }}";
        const string Js = "const e = process.env; console.log(`[${e.GITHUB_ACTION}] [${(e.GITHUB_ACTION_PATH || 'unset').replace(/.*\\/actions\\//, '')}] [${e.GITHUB_ACTION_REPOSITORY}] [${e.GITHUB_ACTION_REF}]`)";
        using var job = new TestJob()
            .WithAction("acme/js/action.yml", "runs: { using: node20, main: a.js, post: a.js }").WithAction("acme/js/a.js", Js)
            .WithAction("acme/outer/action.yml", $$"""
                runs:
                  using: composite
                  steps:
                    - { id: own, shell: bash, run: '{{Show.Replace("'", "''", StringComparison.Ordinal)}}', env: { E: "{{E}}" } }
                    - { id: js, uses: acme/js@v2 }
                    - { id: nested, uses: acme/inner@v3 }
                """)
            .WithAction("acme/inner/action.yml", $$"""
                runs: { using: composite, steps: [{ id: deep, shell: bash, run: '{{Show.Replace("'", "''", StringComparison.Ordinal)}}', env: { E: "{{E}}" } }] }
                """);
        var env = Some.Mapping(("E", new ExpressionToken("format('{0} {1} {2}', github.action, github.action_repository, github.action_ref)")));

        await job.RunAsync(
            Some.Script(Show, id: "first", name: "first", env: env),
            Some.Using("acme/outer@v1", id: "composite"),
            Some.Script(Show, id: "last", name: "last", env: env),
            Some.Using("acme/js@v2", id: "script"));

        Assert.Equal(["[first] [] [] [] first  "], job.OutputOf("first"));
        Assert.Equal(
            [
                "[composite] [acme/outer/v1] [] [] composite acme/outer v1",
                "[composite] [acme/outer/v1] [acme/js] [v2]",
                "[composite] [acme/inner/v3] [] [] composite acme/inner v3",
            ],
            job.OutputOf("Run acme/outer@v1"));

        // GitHub's steps share one context: before its own start a step sees what the one before it left.
        Assert.Equal(["[last] [] [] [] last acme/outer v1"], job.OutputOf("last"));
        Assert.Equal(["[script] [unset] [acme/js] [v2]"], job.OutputOf("Run acme/js@v2"));
        Assert.Equal(["Post job cleanup.", "[script] [unset] [acme/js] [v2]"], job.OutputOf("Post Run acme/js@v2"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Inputs_that_an_action_does_not_have_or_should_not_be_given_are_warned_of_at_every_stage_and_level()
    {
        using var job = new TestJob()
            .WithAction("acme/js/action.yml", "inputs: { old: { description: x, deprecationMessage: gone } }\nruns: { using: node20, pre: a.js, main: a.js, post: a.js }").WithAction("acme/js/a.js", "")
            .WithAction("acme/outer/action.yml", "runs: { using: composite, steps: [{ uses: acme/js@v1, with: { OLD: 1, none: 2 } }] }");
        string[] warnings = ["##[warning]Input 'OLD' has been deprecated with message: gone", "##[warning]Unexpected input(s) 'none', valid inputs are ['old']"];
        const string Outer = "##[warning]Unexpected input(s) 'x', valid inputs are ['']";

        await job.RunAsync(Some.Using("acme/outer@v1", with: Some.Texts(("x", "1"))));

        foreach (var name in (string[])["Pre Run acme/outer@v1", "Run acme/outer@v1", "Post Run acme/outer@v1"])
        {
            Assert.Equal([Outer, .. warnings], job.LinesOf(name).Where(line => line.StartsWith("##[warning]", StringComparison.Ordinal)));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("mkfifo x/action.yml")]
    [InlineData("ln -s /dev/zero x/action.yml")]
    public async Task Device_in_the_place_of_a_manifest_is_refused(string make)
    {
        using var job = await TestJob.OfAsync(Some.Script($"mkdir x; {make}"), Some.Using("./x"));

        Assert.EndsWith("x/action.yml' is a device or a pipe, expected a file", Assert.Single(job.AllLines(1)), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Inner_failure_fails_the_action_and_the_steps_after_it_run_by_their_conditions()
    {
        using var job = new TestJob().WithFile("x/action.yml", """
            outputs:
              o: { description: x, value: "${{ steps.a.outputs.o }}" }
            runs:
              using: composite
              steps:
                - { id: a, shell: sh, run: 'echo o=1 >> $GITHUB_OUTPUT; exit 7', continue-on-error: true }
                - { shell: sh, run: 'echo "${{ steps.a.outcome }} ${{ steps.a.conclusion }}"; exit 2' }
                - { shell: sh, run: echo never }
                - { shell: sh, if: always(), run: 'echo always ${{ github.action_status }} ${{ job.status }}' }
                - { shell: sh, if: failure(), run: echo on failure }
            """);

        await job.RunAsync(
            Some.Using("./x", id: "x"),
            Some.Script("echo $O", condition: "failure()", env: Some.Mapping(("O", new ExpressionToken("format('{0} {1}', steps.x.outputs.o, steps.x.outcome)")))));

        Assert.Equal(
            [
                "Prepare all required actions", "##[error]Process completed with exit code 7.", "failure success", "##[error]Process completed with exit code 2.",
                "always failure success", "on failure",
            ],
            job.OutputOf("Run ./x"));
        Assert.Equal(["1 failure"], job.OutputOf("Run echo $O"));
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Actions_inside_of_actions_are_fetched_level_by_level_and_their_stages_run_in_one_step_each()
    {
        using var job = new TestJob();
        job.WithAction("acme/outer/action.yml", """
            runs:
              using: composite
              steps:
                - uses: acme/inner@v2
                - uses: acme/leaf@v1
                  with: { name: second }
            """);
        job.WithAction("acme/inner/action.yml", """
            runs:
              using: composite
              steps:
                - uses: acme/leaf@v1
                  with: { name: first }
            """);
        job.WithAction("acme/leaf/action.yml", "inputs: { name: { description: x } }\nruns: { using: node20, pre: a.js, main: main.js, post: a.js }");
        job.WithAction("acme/leaf/a.js", "console.log('stage of', process.env.INPUT_NAME, process.env.STATE_s)");
        job.WithAction("acme/leaf/main.js", "console.log('main of', process.env.INPUT_NAME); require('fs').appendFileSync(process.env.GITHUB_STATE, 's=' + process.env.INPUT_NAME + '\\n')");

        await job.RunAsync(Some.Using("acme/outer@v1"));

        Assert.Equal(["acme/outer@v1", "acme/inner@v2 acme/leaf@v1"], job.Actions.Resolved);
        Assert.Equal(["stage of first undefined", "stage of second undefined"], job.OutputOf("Pre Run acme/outer@v1"));
        Assert.Equal(["main of first", "main of second"], job.OutputOf("Run acme/outer@v1"));
        Assert.Equal(
            ["Post job cleanup.", "Post job cleanup.", "stage of second second", "Post job cleanup.", "Post job cleanup.", "stage of first first"],
            job.OutputOf("Post Run acme/outer@v1"));
        Assert.Equal(5, job.Result?.Steps.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_that_contains_itself_ends_at_the_depth_that_GitHub_allows()
    {
        using var job = new TestJob().WithAction("acme/loop/action.yml", "runs: { using: composite, steps: [{ uses: acme/loop@v1 }] }");

        await job.RunAsync(Some.Using("acme/loop@v1"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Contains("##[error]Composite action depth exceeded max depth 9: 'acme/loop@v1' stands 9 actions deep", job.LinesOf("Set up job"));
        Assert.Equal(["acme/loop@v1"], job.Actions.Fetched);
    }

    [Fact(Timeout = 60_000)]
    public async Task Local_action_that_is_not_there_hints_at_the_checkout()
    {
        using var job = await TestJob.OfAsync(Some.Using("./missing"));

        Assert.Equal(
            [
                $"##[error]Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '{job.Paths.Workspace}/missing'. "
                + "Did you forget to run actions/checkout before running your local action?",
            ],
            job.AllLines(0));
    }

    [Fact(Timeout = 60_000)]
    public async Task Local_action_that_a_local_run_does_not_find_is_named_as_its_author_knows_it()
    {
        using var job = new TestJob();

        await job.RunLocallyAsync(Some.Using("./missing"));

        Assert.Equal(["##[error]Can't find 'action.yml', 'action.yaml' or 'Dockerfile' in the folder './missing' of the checkout."], job.AllLines(0));
    }

    [Fact(Timeout = 60_000)]
    public async Task Local_action_whose_path_no_file_system_has_is_refused()
    {
        using var job = await TestJob.OfAsync(Some.Using("./a\0b"));

        Assert.Equal(["##[error]uses: the path of the action holds a NUL character, which no path can"], job.AllLines(0));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("runs: { using: node20, pre: a.js, main: a.js }", true)]
    [InlineData("runs: { using: node20, main: a.js }", false)]
    public async Task Local_action_is_there_too_late_for_its_pre_stage_and_says_so(string manifest, bool isTold)
    {
        using var job = new TestJob().WithFile("x/action.yml", manifest).WithFile("x/a.js", "console.log('main')");

        await job.RunAsync(Some.Using("./x"));

        string[] warning = isTold ? ["##[warning]`pre` execution is not supported for local action from './x'"] : [];
        Assert.Equal([.. warning, "main"], job.OutputOf("Run ./x"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Local_action_fetches_what_it_uses_when_its_step_starts()
    {
        using var job = new TestJob().WithAction("acme/leaf/action.yml", "runs: { using: node20, main: a.js }").WithAction("acme/leaf/a.js", "console.log('leaf')");

        await job.RunAsync(
            Some.Script("mkdir x && echo 'runs: { using: composite, steps: [{ uses: acme/leaf@v1 }] }' > x/action.yml", name: "Checkout"), Some.Using("./x"));

        Assert.Equal(
            [
                "Prepare all required actions", "Getting action download info",
                "Download action repository 'acme/leaf@v1' (SHA:0123456789abcdef0123456789abcdef01234567)", "leaf",
            ],
            job.OutputOf("Run ./x"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Own_repository_is_the_workflows_in_a_workflow_and_the_actions_inside_of_an_action()
    {
        using var job = new TestJob()
            .WithAction("acme/app/a/action.yml", "runs: { using: composite, steps: [{ uses: $/b }, { shell: sh, run: 'echo $R', env: { R: '${{ github.action_repository }} ${{ github.action_ref }}' } }] }")
            .WithAction("acme/app/b/action.yml", "runs: { using: composite, steps: [{ shell: sh, run: echo b }] }");
        var step = Some.Using("acme/app@v1") with { Reference = new ActionReference { Type = ReferenceType.Repository, RepositoryType = "selfRepository", Path = "a" } };

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue>
            {
                ["actions_self_repository"] = new() { Value = "true" },
                ["system.workflowFileSha"] = new() { Value = "0123" },
                ["system.workflowRepository"] = new() { Value = "acme/app" },
            },
            ContextData = new Dictionary<string, Runner.Jobs.Data.ContextData>
            {
                ["job"] = Runner.Jobs.Data.DictionaryData.FromStrings([KeyValuePair.Create("workflow_repository", "acme/app")]),
            },
            Steps = [step],
        });

        Assert.Equal(["acme/app@0123"], job.Actions.Resolved);
        Assert.Equal(["b", "acme/app 0123"], job.OutputOf("Run a"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("false", "##[error]'$/a': references to the workflow's own repository are not switched on for this job")]
    [InlineData("true", "##[error]'$/a': the job message does not say which repository and commit its workflow is from")]
    public async Task Own_repository_that_cannot_be_told_fails_the_set_up(string isOn, string message)
    {
        using var job = new TestJob();

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["actions_self_repository"] = new() { Value = isOn } },
            Steps = [Some.Using("acme/app@v1") with { Reference = new ActionReference { Type = ReferenceType.Repository, RepositoryType = "selfRepository", Path = "a" } }],
        });

        Assert.Equal(message, job.LinesOf("Set up job")[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancel_ends_the_inner_step_and_its_action_but_not_the_post_stages()
    {
        using var job = new TestJob()
            .WithAction("acme/leaf/action.yml", "runs: { using: node20, main: a.js, post: p.js }")
            .WithAction("acme/leaf/a.js", "").WithAction("acme/leaf/p.js", "console.log('post runs')")
            .WithAction("acme/x/action.yml", "runs: { using: composite, steps: [{ uses: acme/leaf@v1 }, { shell: bash, run: 'echo started; sleep 1000' }, { shell: sh, run: echo never }] }");
        var running = job.RunAsync(Some.Using("acme/x@v1"), Some.Script("echo never"));
        await job.Reporter.Seen(line => line == "started").WaitAsync(TestContext.Current.CancellationToken);

        job.Cancellation.Cancel(Runner.Execution.Hosting.CancelReason.User);
        await running;

        Assert.Equal(Conclusion.Canceled, job.Result?.Conclusion);
        Assert.Equal(["started", "##[error]The operation was canceled."], job.OutputOf("Run acme/x@v1"));
        Assert.Equal(["Post job cleanup.", "Post job cleanup.", "post runs"], job.OutputOf("Post Run acme/x@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Inner_steps_stand_between_marks_where_GitHub_asks_for_them()
    {
        using var job = new TestJob()
            .WithFile("x/action.yml", """
                runs:
                  using: composite
                  steps:
                    - { id: a, name: "one; [two]", shell: sh, run: 'echo hello; echo "##[end-action id=fake]"' }
                    - { shell: sh, if: failure(), run: echo never }
                    - { uses: ./y }
                """)
            .WithFile("y/action.yml", "runs: { using: composite, steps: [{ id: deep, shell: sh, run: exit 3, continue-on-error: true }] }");

        await job.RunAsync(Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["actions_runner_emit_composite_markers"] = new() { Value = "true" } },
            Steps = [Some.Using("./x", id: "outer")],
        });

        var marks = job.LinesOf("Run ./x").Where(line => line.Contains("-action", StringComparison.Ordinal)).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "duration_ms=[0-9]+", "duration_ms=N"));
        Assert.Equal(
            [
                "##[start-action display=one%3B [two%5D;id=outer.a]", @"##[\end-action id=fake]", "##[end-action id=outer.a;outcome=success;conclusion=success;duration_ms=N]",
                "##[start-action display=Run echo never;id=outer.__run]", "##[end-action id=outer.__run;outcome=skipped;conclusion=skipped;duration_ms=N]",
                "##[start-action display=Run ./y;id=outer.__self]", "##[start-action display=Run exit 3;id=outer.__self.deep]",
                "##[end-action id=outer.__self.deep;outcome=failure;conclusion=success;duration_ms=N]",
                "##[end-action id=outer.__self;outcome=success;conclusion=success;duration_ms=N]",
            ],
            marks.Where(line => line.StartsWith("##[", StringComparison.Ordinal) && !line.StartsWith("##[group]", StringComparison.Ordinal)));
    }
}
