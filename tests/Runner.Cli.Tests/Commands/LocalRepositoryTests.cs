using System.Diagnostics;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary>
/// Local runs, by the real worker, of workflows that use actions and workflows of other repositories. A bare repository on disk stands for
/// github.com, by git's own <c>insteadOf</c>.
/// </summary>
public sealed class LocalRepositoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LocalRepositoryTests()
    {
        Directory.CreateDirectory(_folder["app/.github/workflows"]);
        Write("app/.actrc", $"host:\n  worker: {BuiltWorker.Path()}\n  root: {_folder["jobs"]}\n");
        Directory.CreateDirectory(_folder["remotes/acme"]);
        Git(".", "init", "--quiet", "--bare", "--initial-branch=main", _folder["remotes/acme/tools"]);
        Git(".", "clone", "--quiet", _folder["remotes/acme/tools"], _folder["tools"]);
        Commit("one", "v1");
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Actions_of_other_repositories_are_fetched_and_kept_refs_are_asked_about_again_unless_offline()
    {
        Uses("acme/tools/greet@v1");

        var first = await RunAsync("push");
        Commit("two", "v1");
        var offline = await RunAsync("push", "--action-offline-mode");
        var second = await RunAsync("push");
        Directory.Delete(_folder["remotes"], recursive: true);
        var cut = await RunAsync("push", "--action-offline-mode");

        Assert.Equal(["one", "one", "two", "two"], new[] { first, offline, second, cut }.Select(Greeting));
    }

    [Fact(Timeout = 120_000)]
    public async Task Folder_of_local_repository_stands_for_the_repository_as_its_files_are()
    {
        Uses("acme/tools/greet@v1");
        Write("tools/greet/action.yml", Action("not committed"));

        var result = await RunAsync("push", "--local-repository", $"acme/tools@v1={_folder["tools"]}");
        var missing = await RunAsync("push", "--local-repository", "acme/tools@v1=nowhere");

        Assert.Equal("not committed", Greeting(result));
        Assert.Equal(2, missing.Code);
        Assert.Contains($"--local-repository: there is no folder {_folder["app/nowhere"]} for acme/tools@v1", missing.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    // uses                        what the log says
    [InlineData("acme/tools@v11",   "Unable to resolve action `acme/tools@v11`, unable to find version `v11`; did you mean 'v1'?")]
    [InlineData("acme/tools@abcdef1", "unable to find version `abcdef1`; a shortened commit id is not supported, give all 40 digits")]
    [InlineData("acme/lost@v1",     "git cannot read https://github.com/acme/lost")]
    [InlineData("acme/lost@v1",     "If it is private, give a token that reads it by -s GITHUB_TOKEN.")]
    public async Task What_cannot_be_resolved_fails_the_job_with_what_helps(string uses, string message)
    {
        Uses(uses);

        var result = await RunAsync("push");

        Assert.Equal(1, result.Code);
        Assert.Contains(message, result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Workflow_of_another_repository_is_called_with_inputs_and_gives_outputs()
    {
        Write("app/.github/workflows/ci.yml", """
            on: push
            jobs:
              far:
                uses: acme/tools/.github/workflows/called.yml@v1
                with: {name: world}
              after:
                needs: far
                runs-on: ubuntu-latest
                steps: [{run: 'echo "got ${{ needs.far.outputs.said }}"'}]
            """);

        var result = await RunAsync("push");

        Assert.True(result.Code == 0, result.Out + result.Error);
        Assert.Contains("got hello world", result.Out, StringComparison.Ordinal);
    }

    private static string Greeting(CliResult result)
    {
        Assert.True(result.Code == 0, result.Out + result.Error);
        return result.Out.Split('\n').Single(line => line.Contains("greeting=", StringComparison.Ordinal) && !line.Contains("echo", StringComparison.Ordinal))
            .Split("greeting=")[1].Trim();
    }

    private static string Action(string greeting) =>
        $"name: Greet\nruns:\n  using: composite\n  steps:\n    - shell: sh\n      run: echo 'greeting={greeting}'\n";

    private void Uses(string action) => Write(
        "app/.github/workflows/ci.yml", $"on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{{uses: {action}}}]\n");

    private void Commit(string greeting, string tag)
    {
        Directory.CreateDirectory(_folder["tools/greet"]);
        Directory.CreateDirectory(_folder["tools/.github/workflows"]);
        Write("tools/greet/action.yml", Action(greeting));
        Write("tools/.github/workflows/called.yml", """
            on:
              workflow_call:
                inputs: {name: {type: string, required: true}}
                outputs: {said: {value: '${{ jobs.say.outputs.said }}'}}
            jobs:
              say:
                runs-on: ubuntu-latest
                outputs: {said: '${{ steps.say.outputs.said }}'}
                steps: [{id: say, run: 'echo "said=hello ${{ inputs.name }}" >> "$GITHUB_OUTPUT"'}]
            """);
        Git("tools", "add", "--all");
        Git("tools", "-c", "user.name=test", "-c", "user.email=test@example", "commit", "--quiet", "-m", greeting);
        Git("tools", "tag", "--force", tag);
        Git("tools", "push", "--quiet", "--force", "--tags", "origin", "HEAD");
    }

    private void Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", _folder[folder], .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, error);
    }

    private Task<CliResult> RunAsync(params string[] args) => Cli.RunAsync(
        new Dictionary<string, string>
        {
            ["HOME"] = _folder.FullPath,
            ["PATH"] = "/usr/bin:/bin",
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = $"url.file://{_folder["remotes"]}/.insteadOf",
            ["GIT_CONFIG_VALUE_0"] = "https://github.com/",
        },
        _folder["app"],
        [.. args, "--backend", "host"]);

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);
}
