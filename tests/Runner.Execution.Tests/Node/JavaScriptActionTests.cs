using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Node;

/// <summary>Real Node.js of the machine runs actions that the test writes.</summary>
public sealed class JavaScriptActionTests
{
    private const string Manifest = """
        name: greeter
        inputs:
          who:
            description: whom to greet
            default: ${{ github.repository || 'nobody' }}
          old name:
            description: gone
            deprecationMessage: use 'who'
        outputs:
          greeting:
            description: the greeting
        runs:
          using: node20
          pre: pre.js
          main: main.js
          post: post.js
        """;

    private const string Append = "const fs = require('fs'); const put = (file, text) => fs.appendFileSync(process.env[file], text + '\\n');\n";

    [Fact(Timeout = 60_000)]
    public async Task Action_runs_its_stages_in_their_order_and_hands_state_from_one_to_the_next()
    {
        using var job = Job("""
            put('GITHUB_OUTPUT', 'greeting=hello ' + process.env.INPUT_WHO); put('GITHUB_STATE', 'main=2');
            console.log('main', process.env.STATE_pre, process.cwd() === process.env.GITHUB_WORKSPACE, process.env.GITHUB_ACTION_REPOSITORY, process.env.GITHUB_ACTION_REF);
            """);

        await job.RunAsync(
            Some.Using("acme/greeter@v1", id: "greet", with: Some.Texts(("who", "world"))),
            Some.Script("echo $G", env: Some.Mapping(("G", new ExpressionToken("steps.greet.outputs.greeting")))));

        Assert.Equal(
            [
                "1 Set up job", "2 Pre Run acme/greeter@v1", "3 Run acme/greeter@v1", "4 Run echo $G", "8 Post Run acme/greeter@v1", "9 Complete job",
            ],
            job.Result?.Steps.Select(step => $"{step.Number} {step.Name}"));
        Assert.Equal(["pre"], job.OutputOf("Pre Run acme/greeter@v1"));
        Assert.Equal(["main 1 true acme/greeter v1"], job.OutputOf("Run acme/greeter@v1"));
        Assert.Equal(["hello world"], job.OutputOf("Run echo $G"));
        Assert.Equal(["Post job cleanup.", "post 1 2"], job.OutputOf("Post Run acme/greeter@v1"));
        Assert.Equal(Conclusion.Succeeded, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Header_shows_inputs_and_variables_as_GitHub_does()
    {
        using var job = Job("");

        await job.RunAsync(Some.Using("acme/greeter@v1", with: Some.Texts(("who", "world"), ("empty", "")), env: Some.Texts(("A", "1"))));

        Assert.Equal(
            [
                "##[warning]Unexpected input(s) 'empty', valid inputs are ['who', 'old name']",
                "##[group]Run acme/greeter@v1", "with:", "  who: world", "env:", "  A: 1", "##[endgroup]",
            ],
            job.LinesOf("Run acme/greeter@v1"));
        Assert.Equal(
            [
                "Prepare all required actions", "Getting action download info",
                "Download action repository 'acme/greeter@v1' (SHA:0123456789abcdef0123456789abcdef01234567)",
            ],
            job.LinesOf("Set up job").SkipWhile(line => line != "Prepare all required actions").Take(3));
    }

    [Fact(Timeout = 60_000)]
    public async Task Inputs_reach_the_action_as_variables_with_defaults_evaluated_and_deprecated_ones_warned_of()
    {
        using var job = Job("console.log(process.env.INPUT_WHO, process.env.INPUT_OLD_NAME)");

        await job.RunAsync(Some.Using("acme/greeter@v1", with: Some.Texts(("old name", "x"))));

        Assert.Equal(
            ["##[warning]Input 'old name' has been deprecated with message: use 'who'", "nobody x"], job.OutputOf("Run acme/greeter@v1"));
        Assert.Contains("##[warning]Input 'old name' has been deprecated with message: use 'who'", job.OutputOf("Post Run acme/greeter@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_action_fails_its_step_without_a_text_of_ours_and_its_post_stage_runs()
    {
        using var job = Job("process.exitCode = 3");

        await job.RunAsync(Some.Using("acme/greeter@v1"), Some.Script("echo never"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Empty(job.OutputOf("Run acme/greeter@v1"));
        Assert.Equal(["Post job cleanup.", "post 1 undefined"], job.OutputOf("Post Run acme/greeter@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Post_stages_run_last_registered_first_and_not_for_a_step_that_was_skipped()
    {
        using var job = new TestJob();
        foreach (var name in (string[])["one", "two", "three"])
        {
            job.WithAction($"acme/{name}/action.yml", "runs: { using: node20, main: a.js, post: a.js }").WithAction($"acme/{name}/a.js", "");
        }

        await job.RunAsync(Some.Using("acme/one@v1"), Some.Using("acme/two@v1"), Some.Using("acme/three@v1", condition: "failure()"));

        Assert.Equal(
            ["7 Post Run acme/two@v1", "8 Post Run acme/one@v1", "9 Complete job"],
            job.Result?.Steps.Skip(4).Select(step => $"{step.Number} {step.Name}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Conditions_of_pre_and_post_decide_about_them()
    {
        using var job = new TestJob();
        job.WithAction("acme/x/action.yml", "runs: { using: node20, pre: a.js, pre-if: failure(), main: a.js, post: a.js, post-if: failure() }")
            .WithAction("acme/x/a.js", "");

        await job.RunAsync(Some.Using("acme/x@v1"), Some.Script("exit 1"));

        Assert.Equal(Conclusion.Skipped, job.Result?.Steps[1].Conclusion);
        Assert.Equal(("Post Run acme/x@v1", Conclusion.Succeeded), (job.Result?.Steps[4].Name, job.Result?.Steps[4].Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task Addresses_and_tokens_of_the_services_are_for_actions_and_not_for_scripts()
    {
        using var job = Job("console.log(process.env.ACTIONS_RUNTIME_URL, process.env.ACTIONS_CACHE_URL, process.env.ACTIONS_RESULTS_URL, process.env.ACTIONS_CACHE_SERVICE_V2, process.env.ACTIONS_RUNTIME_TOKEN.length)");

        await job.RunAsync(Some.Job() with
        {
            Resources = new JobResources
            {
                Endpoints =
                [
                    new ServiceEndpoint
                    {
                        Name = "SystemVssConnection",
                        Url = "https://run/",
                        Authorization = new EndpointAuthorization { Parameters = new Dictionary<string, string?> { ["AccessToken"] = "token-of-the-job" } },
                        Data = new Dictionary<string, string?>
                        {
                            ["CacheServerUrl"] = "https://cache/", ["PipelinesServiceUrl"] = "https://pipelines/", ["ResultsServiceUrl"] = "https://results/",
                        },
                    },
                ],
            },
            Variables = new Dictionary<string, VariableValue> { ["actions_uses_cache_service_v2"] = new() { Value = "true" } },
            Steps = [Some.Using("acme/greeter@v1"), Some.Script("env | grep ^ACTIONS_ || echo none")],
        });

        Assert.Equal(["https://pipelines/ https://cache/ https://results/ True 16"], job.OutputOf("Run acme/greeter@v1"));
        Assert.Equal(["none"], job.OutputOf("Run env | grep ^ACTIONS_ || echo none"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Servers_in_the_place_of_GitHubs_are_for_steps_of_every_kind()
    {
        const string Print = "echo $ACTIONS_RESULTS_URL $ACTIONS_CACHE_URL";
        using var job = Job("console.log(process.env.ACTIONS_RESULTS_URL, process.env.ACTIONS_CACHE_URL)");
        job.WithAction("acme/composite/action.yml", $"runs: {{ using: composite, steps: [{{ run: '{Print}', shell: sh }}] }}");
        var payload = Some.Payload(
            Some.Job() with
            {
                Resources = new JobResources
                {
                    Endpoints =
                    [
                        new ServiceEndpoint
                        {
                            Name = "SystemVssConnection",
                            Data = new Dictionary<string, string?> { ["CacheServerUrl"] = "https://github/", ["ResultsServiceUrl"] = "https://github/" },
                        },
                    ],
                },
                Steps = [Some.Using("acme/greeter@v1"), Some.Using("acme/composite@v1"), Some.Script(Print)],
            },
            job.Folder);

        await job.RunAsync(payload with { Services = new ServiceAddresses(new Uri("https://own/"), new Uri("https://cache/")) });

        string[] seen = ["https://own/ https://cache/"];
        Assert.Equal(seen, job.OutputOf("Run acme/greeter@v1"));
        Assert.Equal(seen, job.OutputOf("Run acme/composite@v1"));
        Assert.Equal(seen, job.OutputOf($"Run {Print}"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null,           "https://github/ https://cache/")]
    [InlineData("https://own/", "https://own/ https://cache/ True")]
    public async Task Server_of_caches_alone_leaves_artifacts_with_GitHub_and_turns_the_second_version_of_caches_off(string? results, string expected)
    {
        const string Print = "echo $ACTIONS_RESULTS_URL $ACTIONS_CACHE_URL $ACTIONS_CACHE_SERVICE_V2";
        using var job = new TestJob();
        var payload = Some.Payload(
            Some.Job() with
            {
                Resources = new JobResources
                {
                    Endpoints =
                    [
                        new ServiceEndpoint { Name = "SystemVssConnection", Data = new Dictionary<string, string?> { ["ResultsServiceUrl"] = "https://github/" } },
                    ],
                },
                Variables = new Dictionary<string, VariableValue> { ["actions_uses_cache_service_v2"] = new() { Value = "true" } },
                Steps = [Some.Script(Print)],
            },
            job.Folder);

        await job.RunAsync(payload with { Services = new ServiceAddresses(results is null ? null : new Uri(results), new Uri("https://cache/")) });

        Assert.Equal([expected], job.OutputOf($"Run {Print}"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null,           "https://cache/")]
    [InlineData("https://own/", "https://cache/")]
    [InlineData("https://own/", null)]
    public async Task Scripts_have_a_token_for_servers_of_our_own_and_none_of_GitHubs(string? results, string? cache)
    {
        var expected = $"own-token {cache ?? results}jobs/own-token/ githubs";
        const string Print = "echo $ACTIONS_RUNTIME_TOKEN $ACTIONS_CACHE_URL $ACTIONS_ID_TOKEN_REQUEST_TOKEN > seen; echo $ACTIONS_CACHE_URL";
        using var job = new TestJob();
        var payload = Some.Payload(
            Some.Job() with
            {
                Resources = new JobResources
                {
                    Endpoints =
                    [
                        new ServiceEndpoint
                        {
                            Name = "SystemVssConnection",
                            Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { ["AccessToken"] = "githubs" } },
                            Data = new Dictionary<string, string?> { ["GenerateIdTokenUrl"] = "https://github/id" },
                        },
                    ],
                },
                Steps = [Some.Script(Print)],
            },
            job.Folder);

        await job.RunAsync(payload with
        {
            Services = new ServiceAddresses(results is null ? null : new Uri(results), cache is null ? null : new Uri(cache)), ServicesToken = "own-token",
        });

        Assert.Equal(expected, (await File.ReadAllTextAsync(Path.Combine(payload.Paths.Workspace, "seen"), TestContext.Current.CancellationToken)).Trim());
        Assert.Equal([$"{cache ?? results}jobs/***/"], job.OutputOf($"Run {Print}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Node_of_the_externals_comes_first_and_a_missing_version_is_told_with_all_places()
    {
        using var job = new TestJob();
        job.WithAction("acme/new/action.yml", "runs: { using: node24, main: a.js }").WithAction("acme/new/a.js", "");
        job.WithAction("acme/old/action.yml", "runs: { using: node16, main: a.js }").WithAction("acme/old/a.js", "");
        job.WithFile("externals/node20/bin/node", "#!/bin/sh\necho fake node\n");
        var externals = Path.Combine(job.Paths.Workspace, "externals");
        File.SetUnixFileMode(Path.Combine(externals, "node20/bin/node"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        job.Environment["PATH"] = "/nowhere";
        var payload = Some.Payload(Some.Job() with { Steps = [Some.Using("acme/old@v1"), Some.Using("acme/new@v1")] }, job.Folder);

        await job.RunAsync(payload with { Paths = payload.Paths with { Externals = externals } });

        Assert.Equal(["fake node"], job.OutputOf("Run acme/old@v1"));
        Assert.Equal(
            [
                $"##[error]This action needs Node.js 24, which was not found. Looked at: {externals}/node24/bin/node; node in PATH: not there. "
                + "Install Node.js 24 where the job runs, or give the runner its externals",
            ],
            job.OutputOf("Run acme/new@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_for_Node_20_runs_by_24_of_the_externals_rather_than_by_the_machines_20_and_says_so_to_whoever_asked_for_20()
    {
        using var job = new TestJob();
        job.WithAction("acme/old/action.yml", "runs: { using: node20, main: a.js }").WithAction("acme/old/a.js", "");
        job.WithFile("externals/node24/bin/node", "#!/bin/sh\necho fake node 24\n");
        var externals = Path.Combine(job.Paths.Workspace, "externals");
        File.SetUnixFileMode(Path.Combine(externals, "node24/bin/node"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var message = Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["actions.runner.usenode24bydefault"] = new() { Value = "true" } },
            EnvironmentVariables = [Some.Mapping(("ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION", new StringToken("true")))],
            Steps = [Some.Using("acme/old@v1")],
        };
        var payload = Some.Payload(message, job.Folder);

        await job.RunAsync(payload with { Paths = payload.Paths with { Externals = externals } });

        Assert.Equal(
            [
                "##[warning]ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION asks for Node.js 20, which this runner does not have: Node.js 24 runs the action",
                "fake node 24",
            ],
            job.OutputOf("Run acme/old@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Script_that_is_not_there_fails_the_step_and_is_named()
    {
        using var job = new TestJob();
        job.WithAction("acme/x/action.yml", "runs: { using: node20, main: dist/a.js }");

        await job.RunAsync(Some.Using("acme/x@v1"));

        Assert.Equal(
            [$"##[error]File not found: '{job.Paths.Actions}/acme/x/v1/dist/a.js', which is 'dist/a.js' of acme/x/v1/action.yml"], job.OutputOf("Run acme/x@v1"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_that_runs_by_Node_20_is_warned_of_where_GitHub_asks_for_it()
    {
        using var job = new TestJob();
        job.WithAction("acme/old/action.yml", "runs: { using: node16, main: a.js, post: a.js }").WithAction("acme/old/a.js", "");
        job.WithFile("externals/node20/bin/node", "#!/bin/sh\necho fake node\n");
        var externals = Path.Combine(job.Paths.Workspace, "externals");
        File.SetUnixFileMode(Path.Combine(externals, "node20/bin/node"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var message = Some.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["actions.runner.warnonnode20"] = new() { Value = "true" } },
            EnvironmentVariables = [Some.Texts(("FORCE_JAVASCRIPT_ACTIONS_TO_NODE24", "true"), ("ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION", "true"))],
            Steps = [Some.Using("acme/old@v1")],
        };
        var payload = Some.Payload(message, job.Folder);

        await job.RunAsync(payload with { Paths = payload.Paths with { Externals = externals } });

        const string Both = "##[warning]Both FORCE_JAVASCRIPT_ACTIONS_TO_NODE24 and ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION are set to true in the same place: node20 is used, as without them";
        Assert.Equal(
            [Both, "##[warning]Node.js 20 actions are deprecated. acme/old@v1 (node16) should be updated to Node.js 24.", "fake node"], job.OutputOf("Run acme/old@v1"));
        Assert.Equal(["Post job cleanup.", Both, "fake node"], job.OutputOf("Post Run acme/old@v1"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("", "##[error]Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action 'acme/x@v1'.")]
    [InlineData("runs: { using: node18, main: a.js }", "##[error]acme/x/v1/action.yml (Line: 1, Col: 16): 'using: node18' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead; did you mean 'node12'?")]
    public async Task Action_that_cannot_be_read_fails_the_set_up_and_says_why(string manifest, string message)
    {
        using var job = new TestJob();
        job.WithAction(manifest.Length == 0 ? "acme/x/README.md" : "acme/x/action.yml", manifest);

        await job.RunAsync(Some.Using("acme/x@v1"));

        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
        Assert.Contains(message, job.LinesOf("Set up job"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_that_does_not_exist_fails_the_set_up()
    {
        using var job = await TestJob.OfAsync(Some.Using("acme/none@v1"));

        Assert.Contains("##[error]Unable to resolve action `acme/none@v1`, repository not found", job.LinesOf("Set up job"));
        Assert.Equal(["Set up job"], job.Result?.Steps.Select(step => step.Name));
    }

    private static TestJob Job(string main) => new TestJob()
        .WithAction("acme/greeter/action.yml", Manifest)
        .WithAction("acme/greeter/pre.js", Append + "put('GITHUB_STATE', 'pre=1'); console.log('pre');")
        .WithAction("acme/greeter/main.js", Append + main)
        .WithAction("acme/greeter/post.js", "console.log('post', process.env.STATE_pre, process.env.STATE_main)");
}
