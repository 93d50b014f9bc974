using System.Globalization;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;

namespace Runner.Integration.Tests.LocalRuns;

/// <summary><c>runner push --backend host</c>, with the real worker.</summary>
public sealed class LocalRunOnHostTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly TempFolder _folder = new();

    public LocalRunOnHostTests()
    {
        Directory.CreateDirectory(_folder["app/.github/workflows"]);
        Write(".actrc", $"backend: host\nhost:\n  worker: {Repository.Artifact("runner-worker")}\n  root: {_folder["jobs"]}\n");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Jobs_of_a_run_that_was_killed_end_by_themselves()
    {
        Write(".github/workflows/ci.yml", $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: echo $$ >{_folder["step"]}; echo it began; sleep 1000\n    - {{if: always(), run: touch {_folder["later"]}}}\n");
        using var run = LocalRun.Start(_folder["app"]);
        await run.PrintedAsync("it began", Token);
        var step = int.Parse(await File.ReadAllTextAsync(_folder["step"], Token), CultureInfo.InvariantCulture);
        var worker = ParentOf(step);

        run.Kill();

        await Until.TrueAsync(() => !Directory.Exists($"/proc/{step}") && !Directory.Exists($"/proc/{worker}"), Token);
        Assert.False(File.Exists(_folder["later"]));
    }

    [Fact(Timeout = Limit)]
    public async Task Checkouts_into_folders_have_all_files_whatever_the_folders_are_called()
    {
        Write("src/a", "as it is here");
        Write("action/action.yml", "runs: {using: composite, steps: [{uses: actions/checkout@v4, with: {path: inner}}]}");
        Write(".github/workflows/ci.yml", """
            on: push
            defaults: {run: {working-directory: src/acme/app}}
            jobs:
              a:
                runs-on: ubuntu-latest
                env: {WHERE: two}
                steps:
                - {uses: actions/checkout@v4, with: {path: src/acme/app}}
                - run: cat src/a; echo changed >../../a; echo changed >src/a
                - {uses: actions/checkout@v4, with: {path: '${{ github.workspace }}/${{ env.WHERE }}'}}
                - {uses: ./action}
                - {working-directory: ., run: grep -l "as it is here" src/a src/acme/app/src/a two/src/a inner/src/a; test ! -e two/two}
            """);

        using var run = await LocalRun.Start(_folder["app"]).EndAsync(Token);

        Assert.True(run.Code == 0, run.Out);
        Assert.Equal(["two/src/a", "inner/src/a"], run.Lines.Select(line => line.Split(" │ ")[^1].Trim()).Where(line => line.EndsWith("src/a", StringComparison.Ordinal) && !line.Contains(' ', StringComparison.Ordinal)));
    }

    [Fact(Timeout = Limit)]
    public async Task Texts_of_a_run_are_told_from_what_its_author_knows()
    {
        Write("action/action.yml", "inputs: {token: {default: '${{ github.token }}'}}\nruns: {using: composite, steps: [{run: echo it wants a token; exit 3, shell: sh}]}");
        Write(".github/workflows/ci.yml", """
            on: push
            jobs:
              a: {runs-on: ubuntu-latest, steps: [{run: echo marker}, {uses: ./missing}]}
              b: {runs-on: ubuntu-latest, steps: [{uses: ./action}]}
            """);

        using var run = await LocalRun.Start(_folder["app"]).EndAsync(Token);

        Assert.Equal(1, run.Code);
        Assert.Contains("Can't find 'action.yml', 'action.yaml' or 'Dockerfile' in the folder './missing' of the checkout.", run.Out, StringComparison.Ordinal);
        Assert.Contains("-s GITHUB_TOKEN=…", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("runner-runs", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, run.Lines.Count(line => line.Contains("echo marker", StringComparison.Ordinal))); // where the step begins and where it ends
    }

    private static int ParentOf(int process) =>
        int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);

    private void Write(string name, string text)
    {
        var path = _folder[$"app/{name}"];
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? string.Empty);
        File.WriteAllText(path, text);
    }
}
