using Runner.Cli.Running;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Cli.Tests.Running;

public sealed class RunFolderTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow().AddHours(2);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void What_a_run_that_was_killed_left_goes_and_what_a_living_one_has_stays()
    {
        using var living = RunFolder.Make(_temp["runs"], Now);
        var killed = Directory.CreateDirectory(_temp["runs/run-killed/copies/app/read-only"]);
        File.WriteAllText(_temp["runs/run-killed/owner.lock"], string.Empty);
        File.WriteAllText(Path.Combine(killed.FullName, "file"), "x");
        killed.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_temp["runs/run-half-made"]);
        Directory.CreateDirectory(_temp["runs/other"]);

        using var next = RunFolder.Make(_temp["runs"], Now);

        Assert.Equal(3, Directory.GetDirectories(_temp["runs"]).Length);
        Assert.True(Directory.Exists(living.Copies) && Directory.Exists(next.Services) && Directory.Exists(_temp["runs/other"]));
    }

    [Fact]
    public void Folder_that_another_run_makes_at_this_moment_stays()
    {
        Directory.CreateDirectory(_temp["runs/run-half-made"]);

        using var next = RunFolder.Make(_temp["runs"], TimeProvider.System.GetUtcNow());

        Assert.True(Directory.Exists(_temp["runs/run-half-made"]));
    }

    [Fact]
    public void Run_leaves_nothing_read_only_folders_of_the_checkout_neither()
    {
        var folder = RunFolder.Make(_temp["runs"], Now);
        var inner = Directory.CreateDirectory(Path.Combine(folder.Copies, "ro"));
        File.WriteAllText(Path.Combine(inner.FullName, "file"), "x");
        inner.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;

        folder.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp["runs"]));
    }

    [Fact]
    public void Folder_that_others_may_write_to_is_refused()
    {
        Directory.CreateDirectory(_temp["runs"], (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(_temp["runs"], (UnixFileMode)0b111_111_111);

        var error = Assert.Throws<OperatorException>(() => RunFolder.Make(_temp["runs"], Now));

        Assert.Contains("other users may write", error.Message, StringComparison.Ordinal);
    }
}
