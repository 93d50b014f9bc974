using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Steps;

/// <summary>A step of a local run that failed says which secrets it wanted that nobody gave.</summary>
public sealed class MissingSecretsTests
{
    private const string OfToken = "This step uses GITHUB_TOKEN, which this run was not given: -s GITHUB_TOKEN=… gives it.";

    [Theory(Timeout = 60_000)]
    [InlineData("github.token", OfToken)]
    [InlineData("secrets.GITHUB_TOKEN", OfToken)]
    [InlineData("secrets['github_token'] || github['token']", OfToken)]
    [InlineData("format('Bearer {0} {1}', secrets.NPM_TOKEN, secrets.A)", "This step uses A, NPM_TOKEN, which this run was not given: -s A=… -s NPM_TOKEN=… gives it.")]
    [InlineData("format('{0} {1} {2}', secrets.GIVEN, github.sha, github.token_type)", null)]
    public async Task Step_that_failed_for_want_of_a_secret_says_so(string expression, string? hint)
    {
        var secrets = new Dictionary<string, string> { [JobVariables.GitHubToken] = string.Empty, ["github_token"] = string.Empty, ["GIVEN"] = "here" };
        using var byEnvironment = new TestJob();
        using var byScript = new TestJob();

        await byEnvironment.RunLocallyAsync(secrets, Some.Script("exit 3", env: Some.Mapping(("TOKEN", new ExpressionToken(expression)))));
        await byScript.RunLocallyAsync(secrets, ScriptOf($"format(': {{0}}; exit 3', {expression})"));

        foreach (var job in new[] { byEnvironment, byScript })
        {
            Assert.Equal(hint is null ? [] : [hint], job.AllLines(0).Where(line => line.StartsWith("This step uses", StringComparison.Ordinal)));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Secret_that_a_call_did_not_pass_on_is_told_apart_from_one_that_nobody_gave()
    {
        using var folder = new TempFolder();
        using var job = new TestJob();
        var payload = Some.Payload(
            Some.Job() with
            {
                Steps = [ScriptOf("format(': {0}{1}; exit 3', secrets.Deploy_Key, secrets.OTHER)")],
                Variables = new Dictionary<string, VariableValue> { [JobVariables.SecretsNotPassed] = new() { Value = "DEPLOY_KEY,UNUSED" } },
            },
            folder.FullPath) with
        {
            Reporting = ReportingTarget.Launcher,
        };

        await job.RunAsync(payload);

        Assert.Equal(
            "This step uses OTHER, which this run was not given: -s OTHER=… gives it. "
            + "This step uses DEPLOY_KEY, which the call of this workflow does not pass on: 'secrets: inherit' at the job that calls it does.",
            job.AllLines(0)[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Default_of_an_actions_input_counts_where_the_step_does_not_give_it()
    {
        const string Manifest = "inputs: {token: {default: '${{ github.token }}'}}\nruns: {using: composite, steps: [{run: exit 3, shell: sh}]}";
        using var byDefault = new TestJob().WithAction("acme/x/action.yml", Manifest);
        using var given = new TestJob().WithAction("acme/x/action.yml", Manifest);

        await byDefault.RunLocallyAsync(Some.Using("acme/x@v1"));
        await given.RunLocallyAsync(Some.Using("acme/x@v1", with: Some.Texts(("token", "mine"))));

        Assert.Equal(OfToken, byDefault.AllLines(0)[^1]);
        Assert.DoesNotContain(OfToken, given.AllLines(0));
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_that_succeeds_and_job_of_GitHubs_say_nothing()
    {
        using var good = new TestJob();
        using var ofGitHub = new TestJob();

        await good.RunLocallyAsync(ScriptOf("format(': {0}', github.token)"));
        await ofGitHub.RunAsync(ScriptOf("format(': {0}; exit 3', github.token)"));

        Assert.DoesNotContain(good.AllLines(0).Concat(ofGitHub.AllLines(0)), line => line.StartsWith("This step uses", StringComparison.Ordinal));
    }

    private static JobStep ScriptOf(string expression) =>
        Some.Script(string.Empty) with { Inputs = Some.Mapping(("script", new ExpressionToken(expression))) };
}
