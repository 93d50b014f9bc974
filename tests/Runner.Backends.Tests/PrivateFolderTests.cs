using Runner.Backends.Host;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Backends.Tests;

public sealed class PrivateFolderTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Folder_that_is_made_is_the_users_alone()
    {
        PrivateFolder.Make(_temp["a"]);

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_temp["a"]));
        Assert.Null(PrivateFolder.FindProblem(_temp["a"]));
        PrivateFolder.Make(_temp["a"]);
    }

    [Theory]
    [InlineData(0b111_000_111)]
    [InlineData(0b111_111_000)]
    [InlineData(0b1_111_111_111)] // with the sticky bit nobody can remove what is in it, but put there what they like
    public void Folder_that_others_may_write_to_is_refused(int mode)
    {
        Directory.CreateDirectory(_temp["a"]);
        File.SetUnixFileMode(_temp["a"], (UnixFileMode)mode);

        Assert.Equal(
            $"other users may write to '{_temp["a"]}' (mode {Convert.ToString(mode, 8)}); chmod go-w {_temp["a"]}, or name another folder",
            PrivateFolder.FindProblem(_temp["a"]));
        Assert.Contains("cannot be trusted", Assert.Throws<InfrastructureException>(() => PrivateFolder.Make(_temp["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_below_one_that_others_may_write_to_is_refused()
    {
        Directory.CreateDirectory(_temp["a/b"]);
        File.SetUnixFileMode(_temp["a"], (UnixFileMode)0b111_111_111);

        Assert.StartsWith($"other users may write to '{_temp["a"]}'", PrivateFolder.FindProblem(_temp["a/b"]), StringComparison.Ordinal);
        Assert.StartsWith($"other users may write to '{_temp["a"]}'", PrivateFolder.FindProblem(_temp["a/not/there"]), StringComparison.Ordinal);

        File.SetUnixFileMode(_temp["a"], (UnixFileMode)0b1_111_111_111);
        Assert.Null(PrivateFolder.FindProblem(_temp["a/b"]));
    }

    [Theory]
    [InlineData("chown {0} a", "'{1}/a' belongs to user 65534")]
    [InlineData("rmdir a; ln -s elsewhere a; chown -h {0} a", "'{1}/a' belongs to user 65534")]
    [InlineData("rmdir a; mkdir b; ln -s b a; chown {0} b", "'{1}/b' belongs to user 65534")]
    [InlineData("rmdir a; mkdir b b/c; ln -s b/c a; chown {0} b", "'{1}/b' belongs to user 65534")]
    [InlineData("rmdir a; : >a", "'{1}/a' is no folder")]
    [InlineData("rmdir a; ln -s a a", "'{1}/a' is a link in a circle")]
    public async Task Folder_of_somebody_else_is_refused_by_whatever_way_it_is_reached(string planted, string problem)
    {
        Assert.SkipWhen(planted.Contains("chown", StringComparison.Ordinal) && Environment.UserName != "root", "Only root can give files away");
        Directory.CreateDirectory(_temp["a"]);
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-ec", $"cd '{_temp.FullPath}'; {string.Format(null, planted, Nobody)}"]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(string.Format(null, problem, Nobody, _temp.FullPath), PrivateFolder.FindProblem(_temp["a"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Root_of_jobs_that_cannot_be_trusted_is_told_with_its_setting()
    {
        Directory.CreateDirectory(_temp["jobs"]);
        File.SetUnixFileMode(_temp["jobs"], (UnixFileMode)0b111_111_111);

        var problem = Assert.Single(new HostOptions { Root = _temp["jobs"], WorkerPath = "/bin/sh" }.Validate());

        Assert.StartsWith($"host.root is '{_temp["jobs"]}', which cannot be trusted with jobs: other users may write to", problem, StringComparison.Ordinal);
    }
}
