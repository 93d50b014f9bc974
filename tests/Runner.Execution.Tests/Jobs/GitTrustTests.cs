using System.Diagnostics;
using Runner.Execution.Jobs;
using Runner.Jobs.Launch;
using Runner.Testing;

namespace Runner.Execution.Tests.Jobs;

/// <summary>Git works in a workspace that another user owns, and what it says of all others stays as it is.</summary>
public sealed class GitTrustTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WorkPaths _paths;

    public GitTrustTests()
    {
        _paths = Some.Paths(_folder.FullPath) with { Home = _folder["home"] };
        foreach (var folder in new[] { _paths.Workspace, _paths.Temp, _folder["home"] })
        {
            Directory.CreateDirectory(folder);
        }

        Shell("git init -q inner; git -C inner -c user.name=o -c user.email=o@e commit -q --allow-empty -m x; git init -q .; git submodule --quiet add ./inner 2>/dev/null");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chown 1001 .")]     // a volume: the folder is another's, what the job puts there its own
    [InlineData("chown -R 1001 .")]  // a folder of the user's machine
    public void Git_works_in_a_workspace_of_another_user(string owner)
    {
        SkipUnlessRoot();
        Shell(owner);
        var before = Shell("git status");

        GitTrust.Settle(_paths);
        GitTrust.Settle(_paths);

        Assert.NotEqual(0, before);
        Assert.Equal(0, Shell("git status && git submodule status && git -C inner log"));
        Assert.Equal(File.ReadAllLines(_folder["home/.gitconfig"]).Distinct().Count() - 1, File.ReadAllLines(_folder["home/.gitconfig"]).Count(line => line.Contains("directory", StringComparison.Ordinal)));
    }

    [Fact]
    public void Settings_that_are_there_stay_and_only_the_workspace_is_trusted()
    {
        SkipUnlessRoot();
        File.WriteAllText(_folder["home/.gitconfig"], "[user]\n\tname = octo");
        Shell("chown 1001 .");

        GitTrust.Settle(_paths);

        Assert.Equal($"[user]\n\tname = octo\n[safe]\n\tdirectory = \"{_paths.Workspace}\"\n", File.ReadAllText(_folder["home/.gitconfig"]));
    }

    [Fact]
    public void Nothing_is_written_where_git_works_already_or_the_home_is_not_the_jobs()
    {
        GitTrust.Settle(_paths);
        GitTrust.Settle(_paths with { Home = null });

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["home"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_paths.Temp));
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(Environment.UserName == "root", "giving a folder to another user takes root");

    private int Shell(string script)
    {
        var start = new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = _paths.Workspace };
        start.Environment["HOME"] = _folder["home"];
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("sh does not start");
        process.WaitForExit();
        return process.ExitCode;
    }
}
