using System.Text.Json.Nodes;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class ValidateCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public async Task Every_problem_of_workflows_calls_and_actions_is_told_with_its_place()
    {
        Write(".github/workflows/ci.yml", "on: psuh\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          echo\n          ${{ secret.X }}\n");
        Write(".github/workflows/call.yml", "on: push\njobs:\n  a: {uses: ./.github/workflows/called.yml}\n  b: {uses: acme/far/.github/workflows/x.yml@v1}\n");
        Write(".github/workflows/called.yml", "on: {workflow_call: {inputs: {level: {type: number, required: true}}}}\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n");
        Write("tool/action.yml", "runs: {using: node20, pre: x}\n");

        var result = await Cli.RunAsync("validate", _folder);

        var ci = Path.Combine(_folder, ".github/workflows/ci.yml");
        Assert.Equal(2, result.Code);
        Assert.Equal(
            [
                $"{Path.Combine(_folder, ".github/workflows/call.yml")}:3:13: Input level is required, but not provided while calling.",
                $"{ci}:1:5: Unexpected value 'psuh'; did you mean 'push'?",
                $"{ci}:8:15: Unrecognized named-value: 'secret'. Located at position 1 within expression: secret.X; did you mean 'secrets'?",
                $"{Path.Combine(_folder, "tool/action.yml")}:1:7: You are using a JavaScript Action but there is not an entry JavaScript file provided in {Path.Combine(_folder, "tool/action.yml")}.",
            ],
            result.Out.TrimEnd().Split('\n'));
        Assert.Equal("4 file(s), 4 problem(s)", result.Error.TrimEnd());
    }

    [Fact]
    public async Task Valid_files_give_nothing_and_success()
    {
        Write("ok.yml", "on: push\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n");

        var result = await Cli.RunAsync("validate", "--json", Path.Combine(_folder, "ok.yml"));

        Assert.Equal((0, ""), (result.Code, result.Out));
    }

    [Fact]
    public async Task What_GitHub_lets_pass_is_a_warning_and_with_strict_a_problem()
    {
        var path = Write("loose.yml", "on: {push: {types: [opened]}}\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n");

        var usual = await Cli.RunAsync("validate", path);
        var strict = await Cli.RunAsync("validate", "--strict", path);

        Assert.Equal((0, "1 file(s), 0 problem(s), 1 warning(s)"), (usual.Code, usual.Error.TrimEnd()));
        Assert.StartsWith($"{path}:1:13: warning: Unexpected value 'types'", usual.Out, StringComparison.Ordinal);
        Assert.Equal((2, "1 file(s), 1 problem(s)"), (strict.Code, strict.Error.TrimEnd()));
        Assert.StartsWith($"{path}:1:13: Unexpected value 'types'", strict.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_do_something_else_here_are_notes_and_no_mistakes()
    {
        var path = Write("ok.yml", "on: push\npermissions: read-all\njobs:\n  a:\n    runs-on: x\n    permissions: {}\n    snapshot: image\n    steps: [{run: a}]\n");

        var usual = await Cli.RunAsync("validate", path);
        var result = await Cli.RunAsync("validate", "-v", path);

        Assert.Equal((0, "1 file(s), 0 problem(s)"), (result.Code, result.Error.TrimEnd()));
        Assert.Equal(
            $"{path}:7:5: note: 'snapshot': no image is made of the job: only runners that GitHub hosts make custom images",
            usual.Out.TrimEnd());
        Assert.Equal(
            [
                $"{path}:2:1: note: 'permissions': the token of a local run is the GITHUB_TOKEN that you give, with all that it may do",
                $"{path}:7:5: note: 'snapshot': no image is made of the job: only runners that GitHub hosts make custom images",
            ],
            result.Out.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Template_takes_a_workflow_with_its_called_workflows_and_options_as_flags()
    {
        var workflow = Write("main.yml", "on: push\njobs:\n  a: {uses: o/r/.github/workflows/x.yml@v1}\n");
        var called = Write("called.yml", "on: workflow_call\njobs:\n  b: {permissions: {issues: write}, runs-on: x}\n");

        var result = await Cli.RunAsync(
            "validate", "--template", workflow, "--file", $"o/r/.github/workflows/x.yml@v1={called}", "--permissions-policy", "LimitedRead");

        Assert.Equal(2, result.Code);
        Assert.Equal(
            """{"errors":[{"Message":".github/workflows/main.yml (Line: 3, Col: 3): Error calling workflow 'o/r/.github/workflows/x.yml@v1'. The nested job 'b' is requesting 'issues: write', but is only allowed 'issues: none'."}]}""",
            result.Out.TrimEnd());
    }

    [Fact]
    public async Task Template_gives_what_every_file_of_GitHubs_suite_expects()
    {
        Assert.SkipWhen(Conformance.Folder is null, Conformance.SkipReason);
        var files = Conformance.Files("workflows", "*.yml");

        var result = await Cli.RunAsync(["validate", "--template", .. files]);

        var lines = result.Out.TrimEnd().Split('\n');
        Assert.Equal(files.Count, lines.Length);
        var failures = files.Zip(lines).Where(pair => !JsonNode.DeepEquals(Expected(pair.First), JsonNode.Parse(pair.Second))).Select(pair => pair.First);
        Assert.Empty(failures);
    }

    private static JsonNode? Expected(string file) => JsonNode.Parse(File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n---\n")[^1]);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? _folder);
        File.WriteAllText(path, text);
        return path;
    }
}
