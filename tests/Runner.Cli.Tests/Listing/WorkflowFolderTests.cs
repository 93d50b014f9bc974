using System.Diagnostics;
using Runner.Testing;

namespace Runner.Cli.Tests.Listing;

/// <summary>What may lie beside workflows: it is told, keeps nobody waiting, and takes no workflow away.</summary>
public sealed class WorkflowFolderTests : IDisposable
{
    private const string Good = "on: push\njobs: {good: {runs-on: x, steps: [{run: id}]}}\n";

    private readonly TempFolder _folder = new();

    public WorkflowFolderTests()
    {
        Directory.CreateDirectory(_folder[".github/workflows/below"]);
        File.WriteAllText(_folder[".github/workflows/ci.yml"], Good);
        File.WriteAllText(_folder["shared.yml"], Good.Replace("good", "linked", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("ln -s me@host.1:1 .#ci.yml",                  "")] // of Emacs, while ci.yml is edited
    [InlineData("ln -s gone.yml old.yml",                      ".github/workflows/old.yml: This is no file but a link to 'gone.yml', where none is\n")]
    [InlineData("mkfifo z.yml",                                ".github/workflows/z.yml: This is no regular file\n")]
    [InlineData("mkfifo below/z.yaml; ln -s below/z.yaml a.yml", ".github/workflows/a.yml: This is no file but a link to 'below/z.yaml', where none is\n.github/workflows/below/z.yaml: This is no regular file\n")]
    [InlineData("ln -s . loop; ln -s ../.. up.yml",            "")]
    [InlineData("ln -s ../../shared.yml linked.yml; touch notes.txt; mkdir x.yml", "")]
    public async Task What_is_no_file_is_told_and_the_others_are_listed_run_and_checked(string script, string told)
    {
        Shell(script);

        var list = await RunAsync("-l");
        var plan = await RunAsync("push", "-n");
        var check = await Cli.RunAsync("validate", _folder.FullPath);

        var code = told.Length == 0 ? 0 : 2;
        Assert.Equal((code, told), (list.Code, list.Error.ReplaceLineEndings("\n")));
        Assert.Contains(" good ", list.Out, StringComparison.Ordinal);
        Assert.Equal(1, list.Out.Split(" good ").Length / 2);
        Assert.Equal(script.Contains("linked.yml", StringComparison.Ordinal), list.Out.Contains(" linked ", StringComparison.Ordinal));
        Assert.Equal(code, plan.Code);
        Assert.Contains("good on x", plan.Out, StringComparison.Ordinal);
        Assert.Equal(code, check.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task File_and_folder_that_others_alone_may_read_are_told()
    {
        Shell("echo x > mine.yml; chmod 0 mine.yml below");
        Assert.SkipWhen(CanRead(_folder[".github/workflows/mine.yml"]), "root may read everything");

        var list = await RunAsync("-l");
        Shell("chmod 700 below");

        Assert.Equal(2, list.Code);
        Assert.Contains(".github/workflows/mine.yml: This file cannot be read: ", list.Error, StringComparison.Ordinal);
        Assert.Contains(".github/workflows/below: This folder cannot be looked into: ", list.Error, StringComparison.Ordinal);
        Assert.Contains(" good ", list.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Manifest_of_an_action_and_called_workflow_that_are_pipes_keep_nobody_waiting()
    {
        Shell("mkdir ../../tool; mkfifo ../../tool/action.yml called.yml; echo '{on: push, jobs: {a: {uses: ./.github/workflows/called.yml}}}' > ci.yml");

        var check = await Cli.RunAsync("validate", _folder.FullPath);
        var plan = await RunAsync("push", "-n");

        Assert.Equal((2, 2), (check.Code, plan.Code));
        Assert.Contains($"{_folder["tool/action.yml"]}: This is no regular file", check.Out, StringComparison.Ordinal);
        Assert.Contains("called.yml", plan.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_that_is_elsewhere_is_named()
    {
        Directory.CreateDirectory(_folder[".git"]);
        var root = _folder.FullPath.TrimEnd('/');

        var below = await Cli.RunAsync("push", "-C", _folder[".github/workflows"]);
        var none = await Cli.RunAsync("push", "-C", _folder["nope"]);
        var watched = await Cli.RunAsync("push", "--watch", "-C", _folder["nope"]);
        var file = await Cli.RunAsync("push", "-C", _folder["shared.yml"]);

        Assert.Equal(
            $"runner: --workflows: there is no file or folder '.github/workflows' in '{root}/.github/workflows'; it is in '{root}', where this checkout begins: -C {root}\n",
            below.Error.ReplaceLineEndings("\n"));
        Assert.Equal($"runner: --directory: there is no folder '{root}/nope'\n", none.Error.ReplaceLineEndings("\n"));
        Assert.Equal((none.Code, none.Error), (watched.Code, watched.Error));
        Assert.Equal($"runner: --directory: '{root}/shared.yml' is a file, expected the folder of a checkout\n", file.Error.ReplaceLineEndings("\n"));
    }

    private static bool CanRead(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = _folder[".github/workflows"] })!; // not null: it is a new process
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private Task<CliResult> RunAsync(params string[] args) => Cli.RunAsync(["-C", _folder.FullPath, .. args]);
}
