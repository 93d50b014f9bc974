using System.Formats.Tar;
using Runner.Execution.Checkouts;
using Runner.Execution.Hosting;
using Runner.Execution.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using static Runner.Execution.Tests.Checkouts.SentCheckout;

namespace Runner.Execution.Tests.Checkouts;

/// <summary>A launcher that has the checkout: what it sends is an archive, as <c>runner push</c> packs one.</summary>
public sealed class WorkspaceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingReporter _reporter = new();
    private readonly JobCancellation _cancellation = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cancellation.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_is_in_the_workspace_before_the_first_step()
    {
        var result = await RunAsync(new SentCheckout(Text("src/hello.txt", "hi")), "cat src/hello.txt");

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        Assert.Contains("Workspace: 1 files and folders of the checkout", _reporter.LinesOf(result.Steps[0].Id));
        Assert.Contains("hi", _reporter.LinesOf(result.Steps[1].Id));
        Assert.Empty(Directory.EnumerateFiles(Some.Paths(_folder.FullPath).Spool, "*.gz"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Job_that_has_its_workspace_asks_for_none()
    {
        Directory.CreateDirectory(Some.Paths(_folder.FullPath).Workspace);
        File.WriteAllText(Path.Combine(Some.Paths(_folder.FullPath).Workspace, "here"), "x");

        var result = await RunAsync(new SentCheckout(Text("src/hello.txt", "hi")), "test -e here && ! test -e src", asks: false);

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_that_cannot_send_the_checkout_fails_the_job_with_its_words()
    {
        var result = await RunAsync(new SentCheckout { Problem = new WorkflowException("The checkout is gone") }, "true");

        Assert.Equal(Conclusion.Failed, result.Conclusion);
        Assert.Contains("##[error]The checkout is gone", _reporter.LinesOf(result.Steps[0].Id));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(CancelReason.User, Conclusion.Canceled, null)]
    [InlineData(CancelReason.Shutdown, Conclusion.Failed, "The runner was shut down while the job ran")]
    public async Task Job_that_is_cancelled_while_the_checkout_comes_ends_in_its_set_up(CancelReason reason, Conclusion conclusion, string? told)
    {
        var result = await RunAsync(new SentCheckout { Waiting = () => _cancellation.Cancel(reason) }, "true");

        Assert.Equal((conclusion, told), (result.Conclusion, result.Reason));
        var lines = _reporter.LinesOf(Assert.Single(result.Steps).Id);
        Assert.Contains("##[error]The operation was canceled.", lines);
        Assert.Equal(told is not null, lines.Contains($"##[error]{told}"));
    }

    [Fact]
    public void Modes_times_and_links_are_kept_and_what_was_there_before_is_gone()
    {
        var time = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero);
        Directory.CreateDirectory(_folder["work/old"]);
        var run = Text("bin/run", "x");
        (run.Mode, run.ModificationTime) = ((UnixFileMode)0b111_101_000, time);

        var entries = Workspace.Fill(_folder["work"], Archive(run, Link("out", "/somewhere/else")), TestContext.Current.CancellationToken);

        Assert.Equal(2, entries);
        Assert.False(Path.Exists(_folder["work/old"]));
        Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode(_folder["work/bin/run"]));
        Assert.Equal(time.UtcDateTime, File.GetLastWriteTimeUtc(_folder["work/bin/run"]));
        Assert.Equal("/somewhere/else", new FileInfo(_folder["work/out"]).LinkTarget);
    }

    [Fact]
    public void Folders_keep_their_modes_empty_and_read_only_ones_too_whatever_the_umask()
    {
        Directory.CreateDirectory(_folder["work"]);
        var file = Text("ro/all", "x");
        file.Mode = (UnixFileMode)0b110_110_110;

        Workspace.Fill(
            _folder["work"],
            Archive(Folder("empty", 0b111_000_000), Folder("ro", 0b101_101_101), file, Folder("shared", 0b010_111_111_101)),
            TestContext.Current.CancellationToken);

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_folder["work/empty"]));
        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(_folder["work/ro"]));
        Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(_folder["work/ro/all"]));
        Assert.Equal((UnixFileMode)0b010_111_111_101, File.GetUnixFileMode(_folder["work/shared"]));
        File.SetUnixFileMode(_folder["work/ro"], (UnixFileMode)0b111_101_101);
    }

    [Fact]
    public void What_is_mounted_stays_and_so_do_folders_that_a_service_may_have_mounted()
    {
        Directory.CreateDirectory(_folder["work/site/deep"]);
        Directory.CreateDirectory(_folder["work/kept/volume"]);
        File.WriteAllText(_folder["work/site/old"], "x");
        File.WriteAllText(_folder["work/kept/volume/theirs"], "x");
        File.WriteAllText(_folder["work/kept/old"], "x");
        var mounted = new HashSet<string> { _folder["work/kept/volume"] };

        Workspace.Empty(new DirectoryInfo(_folder["work"]), mounted, keepsFolders: true);
        Assert.Equal(["kept/volume/theirs"], Directory.EnumerateFiles(_folder["work"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder["work"], file)));
        Assert.True(Directory.Exists(_folder["work/site/deep"]));

        Workspace.Empty(new DirectoryInfo(_folder["work"]), mounted, keepsFolders: false);
        Assert.Equal([_folder["work/kept"]], Directory.EnumerateFileSystemEntries(_folder["work"]));
        Assert.True(File.Exists(_folder["work/kept/volume/theirs"]));
    }

    [Fact]
    public void Mount_points_are_read_with_their_blanks()
    {
        string[] table =
        [
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
            @"37 35 98:0 / /a\040b\011c rw - tmpfs tmpfs rw",
        ];

        Assert.Equal(["/mnt2", "/a b\tc"], MountPoints.Of(table));
        Assert.Contains("/proc", MountPoints.Below("/"));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("out/../../evil")]
    public void Path_that_leads_outside_is_refused(string path)
    {
        Directory.CreateDirectory(_folder["work"]);

        var error = Assert.Throws<InvalidDataException>(() => Workspace.Fill(_folder["work"], Archive(Text(path, "x")), TestContext.Current.CancellationToken));

        Assert.Equal($"the path '{path}' leads outside of the archive", error.Message);
    }

    [Fact]
    public void Nothing_is_written_through_a_link()
    {
        Directory.CreateDirectory(_folder["work"]);
        Directory.CreateDirectory(_folder["outside"]);

        Assert.Throws<InvalidDataException>(() => Workspace.Fill(
            _folder["work"], Archive(Link("door", _folder["outside"]), Text("door/evil", "x")), TestContext.Current.CancellationToken));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["outside"]));
    }

    private Task<JobResult> RunAsync(IWorkspaceSource source, string script, bool asks = true)
    {
        var host = new JobHost { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, Workspace = source };
        return new JobRunner(host).RunAsync(Some.Payload(Some.Job() with { Steps = [Some.Script(script)] }, _folder.FullPath) with { AsksForWorkspace = asks }, _reporter, _cancellation);
    }

    private string Archive(params TarEntry[] entries)
    {
        var file = _folder["checkout.tar.gz"];
        SentCheckout.Pack(file, entries);
        return file;
    }
}
