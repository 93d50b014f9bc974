using System.Diagnostics;
using Runner.Cli.CommandLine;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary>Which workflows an event of a checkout starts, and what they see of it.</summary>
public sealed class LocalEventTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LocalEventTests() => Directory.CreateDirectory(_folder["app/.github/workflows"]);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Filter_on_paths_looks_at_the_last_commit_and_at_what_is_not_committed()
    {
        Workflow("ci", "on: {push: {paths: ['src/**']}}\njobs: {a: {runs-on: x, steps: [{run: a}]}}");
        Write("app/src/a", "1");
        await GitAsync("init", "-q", "-b", "main");
        await CommitAsync();
        var first = await RunAsync("plan", "push");
        Write("app/doc/x", "1");
        await CommitAsync();
        var untouched = await RunAsync("plan", "push");
        Write("app/src/new file", "1");
        var uncommitted = await RunAsync("plan", "push");

        Assert.Contains("a on x", first.Out, StringComparison.Ordinal);
        Assert.Contains("ci.yml does not run: the changed file 'doc/x' is not in paths: src/**", untouched.Error, StringComparison.Ordinal);
        Assert.Contains("a on x", uncommitted.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Filter_on_paths_of_a_pull_request_looks_at_all_since_the_default_branch()
    {
        Workflow("ci", "on: {pull_request: {paths-ignore: ['doc/**']}}\njobs: {a: {runs-on: x, steps: [{run: a}]}}");
        await GitAsync("init", "-q", "-b", "main");
        await CommitAsync();
        await GitAsync("switch", "-q", "-c", "topic");
        Write("app/src/a", "1");
        await CommitAsync();
        Write("app/doc/x", "1");
        await CommitAsync();
        var code = await RunAsync("plan", "pull_request");
        await GitAsync("reset", "-q", "--hard", "main");
        Write("app/doc/x", "1");
        await CommitAsync();
        var documentation = await RunAsync("plan", "pull_request");

        Assert.Contains("a on x", code.Out, StringComparison.Ordinal);
        Assert.Contains("ci.yml does not run: all that changed is in paths-ignore: doc/**", documentation.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task File_of_a_push_says_what_changed()
    {
        Workflow("ci", "on: {push: {paths: ['src/**']}}\njobs: {a: {runs-on: x, steps: [{run: a}]}}");
        Write("app/event.json", """{"ref": "refs/heads/main", "commits": [{"added": ["doc/x"], "modified": [], "removed": ["doc/y"]}]}""");

        var result = await RunAsync("plan", "push", "-e", "event.json");

        Assert.Contains("none of the 2 changed files is in paths: src/**", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Payload_is_made_from_git()
    {
        const string text = "${{ github.event.before }} ${{ github.event.head_commit.modified[0] }} ${{ github.event.commits[0].added[0] }} "
            + "${{ github.event.created }} ${{ github.event.pull_request.base.sha }} ${{ github.event.pull_request.commits }}";
        Workflow("ci", $"on: [push, pull_request]\njobs: {{a: {{name: \"{text}\", runs-on: x, steps: [{{run: a}}]}}}}");
        Write("app/a", "1");
        await GitAsync("init", "-q", "-b", "main");
        await CommitAsync();
        var first = await RunAsync("plan", "push");
        Write("app/a", "2");
        Write("app/b", "1");
        await CommitAsync();
        var parent = await GitAsync("rev-parse", "HEAD^");
        var second = await RunAsync("plan", "push");
        await GitAsync("switch", "-q", "-c", "topic");
        Write("app/c", "1");
        await CommitAsync();
        Write("app/c", "2");
        await CommitAsync();
        var target = await GitAsync("rev-parse", "main");
        var pull = await RunAsync("plan", "pull_request");

        Assert.Contains($"{new string('0', 40)}  .github/workflows/ci.yml true", first.Out, StringComparison.Ordinal);
        Assert.Contains($"{parent} a b false", second.Out, StringComparison.Ordinal);
        Assert.Contains($"{target} 2 on x", pull.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ref_that_env_gives_is_what_filters_and_contexts_see()
    {
        Workflow("ci", "on: {push: {tags: ['v*']}}\njobs: {a: {name: \"${{ github.ref_type }} ${{ github.ref_name }} ${{ github.event.ref }}\", runs-on: x, steps: [{run: a}]}}");

        var result = await RunAsync("plan", "push", "--env", "GITHUB_REF=refs/tags/v1");

        Assert.Contains("tag v1 refs/tags/v1 on x", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull_request", "{pull_request: {types: [closed]}}",       "closed")]
    [InlineData("pull_request", "{pull_request: {types: [labeled, opened]}}", "opened")]
    [InlineData("pull_request", "pull_request",                              "opened")]
    [InlineData("schedule",     "{schedule: [{cron: '0 3 * * *'}]}",         "0 3 * * *")]
    public async Task Workflow_gets_an_activity_that_it_listens_to(string name, string on, string expected)
    {
        Workflow("ci", $"on: {on}\njobs: {{a: {{name: \"${{{{ github.event.action || github.event.schedule }}}}\", runs-on: x, steps: [{{run: a}}]}}}}");

        Assert.Contains($"{expected} on x", (await RunAsync("plan", name)).Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Workflow_that_cannot_be_planned_is_left_out_and_told_and_strict_stops_all()
    {
        Workflow("calls", "on: push\njobs:\n  a: {uses: ./.github/workflows/none.yml}");
        Workflow("fine", "on: push\njobs: {b: {runs-on: x, steps: [{run: b}]}}");

        var run = await RunAsync("plan", "push");
        var strict = await RunAsync("plan", "push", "--strict");
        var check = await RunAsync("--validate");

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains("b on x", run.Out, StringComparison.Ordinal);
        Assert.StartsWith(".github/workflows/calls.yml:3:13: error parsing called workflow", run.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Usage, string.Empty), (strict.Code, strict.Out));
        Assert.Equal(ExitCodes.Usage, check.Code);
        Assert.Contains("workflow was not found", check.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Event_whose_only_workflow_is_broken_is_not_called_unknown()
    {
        Workflow("broken", "on: push\njobs: {a: {run-on: x}}");
        Workflow("fine", "on: workflow_dispatch\njobs: {b: {runs-on: x, steps: [{run: b}]}}");

        var result = await RunAsync("push");

        Assert.Equal(ExitCodes.Usage, result.Code);
        Assert.EndsWith("runner: nothing is run before these mistakes are mended\n", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Input_may_be_one_workflows_alone_but_not_nobodys()
    {
        Workflow("one", "on: {workflow_dispatch: {inputs: {level: {type: string}}}}\njobs: {a: {name: \"level ${{ inputs.level }}\", runs-on: x, steps: [{run: a}]}}");
        Workflow("two", "on: workflow_dispatch\njobs: {b: {runs-on: x, steps: [{run: b}]}}");

        var right = await RunAsync("plan", "workflow_dispatch", "--input", "level=3");
        var wrong = await RunAsync("plan", "workflow_dispatch", "--input", "levl=3");

        Assert.Contains("level 3 on x", right.Out, StringComparison.Ordinal);
        Assert.Contains("b on x", right.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, wrong.Code);
        Assert.Contains("Invalid input, levl is not defined in the workflow; did you mean 'level'?", wrong.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_for_another_system_does_not_run_on_this_machine_unless_asked_to()
    {
        Workflow("ci", "on: push\njobs: {a: {runs-on: macos-14, steps: [{run: a}]}}");
        Write("app/.actrc", $"host:\n  worker: {_folder.Script("worker", "exit 3")}\n  root: {_folder["jobs"]}\n");

        var refused = await RunAsync("push", "--backend", "host");
        var meant = await RunAsync("push", "--backend", "host", "-P", "macos-14=-self-hosted");

        Assert.Equal(ExitCodes.Success, refused.Code);
        Assert.Contains("'macos-14' asks for another system than this machine's; -P macos-14=-self-hosted", refused.Out, StringComparison.Ordinal);
        Assert.Contains("exit code 3", meant.Out, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) =>
        Cli.RunAsync(new Dictionary<string, string> { ["HOME"] = _folder.FullPath, ["PATH"] = "/usr/bin:/bin" }, _folder["app"], args);

    private void Workflow(string name, string text) => Write($"app/.github/workflows/{name}.yml", text);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllText(_folder[name], text);
    }

    private async Task CommitAsync()
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x");
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", _folder["app"], .. arguments]) { RedirectStandardOutput = true };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("no git");
        var output = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, git.ExitCode);
        return output.Trim();
    }
}
