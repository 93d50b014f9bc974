using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Runner.Execution.Repositories;
using Runner.Testing;

namespace Runner.Execution.Tests.Repositories;

public sealed class ActionArchiveTests : IDisposable
{
    private const int MaxEntries = 20;

    private readonly TempFolder _folder = new();

    private string Target => Path.Combine(_folder.FullPath, "action");

    public static TheoryData<string, TarEntry[], string> Refused => new()
    {
        { "a path that leads up",      [Text("top/../../evil", "x")],                                  "the path 'top/../../evil' leads outside of the archive" },
        { "an absolute path",          [Text("/etc/evil", "x")],                                       "the path '/etc/evil' leads outside of the archive" },
        { "two tops",                  [Text("top/a", "x"), Text("other/b", "x")],                     "it holds 'top' and 'other' at its top, expected one folder" },
        { "a file twice",              [Text("top/a", "x"), Text("top/a", "y")],                       "'a' stands in it twice" },
        { "a link that leads outside", [Link("top/a", "../outside")],                                  "the link 'a' leads outside of it, to '../outside'" },
        { "an absolute link",          [Link("top/a", "/etc/passwd")],                                 "the link 'a' leads outside of it, to '/etc/passwd'" },
        { "a link by way of a link",   [Link("top/d/up", ".."), Link("top/a", "d/up/../../x")],        "the link 'a' leads outside of it, to 'd/up/../../x'" },
        { "a file written by a link",  [Link("top/a", "b"), Text("top/a/evil", "x")],                  "'a' stands in it twice" },
        { "a pipe",                    [new PaxTarEntry(TarEntryType.Fifo, "top/pipe")],               "'top/pipe' is a Fifo: only files, folders and links may be in an action" },
        { "a device",                  [new PaxTarEntry(TarEntryType.CharacterDevice, "top/zero")],    "'top/zero' is a CharacterDevice: only files, folders and links may be in an action" },
        { "a top that is a file",      [Text("top", "x")],                                             "its top is no folder" },
        { "too many entries",          [.. Enumerable.Range(0, MaxEntries + 1).Select(n => Text($"top/{n}", ""))], "it holds more than 20 entries" },
        { "too much by hard links",    [Text("top/1", new string('x', 400_000)), Hard("top/2", "top/1"), Hard("top/3", "top/2")], "its files are larger than 1 MiB" },
        { "too many folders",          [Text("top/" + string.Concat(Enumerable.Repeat("d/", MaxEntries + 1)) + "a", "x")], "it holds more than 20 entries" },
        { "too many folders in a folder's path", [new PaxTarEntry(TarEntryType.Directory, "top/" + string.Concat(Enumerable.Repeat("d/", MaxEntries + 1)))], "it holds more than 20 entries" },
        { "a hard link to nothing",    [Hard("top/a", "top/b")],                                       "a link leads to 'b', which does not stand before it" },
        { "a hard link outside",       [Hard("top/a", "top/../../b")],                                 "the path 'top/../../b' leads outside of the archive" },
        { "a hard link to a link",     [Link("top/l", "a"), Hard("top/b", "top/l")],                   "a link leads to 'l', which does not stand before it" },
        { "too much",                  [Text("top/1", new string('x', 1024 * 1024)), Text("top/2", "x")], "its files are larger than 1 MiB" },
    };

    [Fact]
    public void Files_folders_and_links_arrive_below_the_target_without_the_folder_at_the_top()
    {
        var script = Text("acme-tool-0123/bin/run.sh", "#!/bin/sh");
        script.Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute;

        Unpack(
            new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["comment"] = "0123" }),
            new PaxTarEntry(TarEntryType.Directory, "acme-tool-0123/"),
            Text("acme-tool-0123/action.yml", "name: tool"),
            script,
            Link("acme-tool-0123/lib/link", "../action.yml"),
            Link("acme-tool-0123/dangling", "not/there"),
            Link("acme-tool-0123/circle", "circle"),
            new PaxTarEntry(TarEntryType.HardLink, "acme-tool-0123/hard.yml") { LinkName = "acme-tool-0123/action.yml" });

        Assert.Equal("name: tool", File.ReadAllText(Path.Combine(Target, "action.yml")));
        Assert.Equal("name: tool", File.ReadAllText(Path.Combine(Target, "lib/link")));
        Assert.Equal("name: tool", File.ReadAllText(Path.Combine(Target, "hard.yml")));
        Assert.Equal("not/there", new FileInfo(Path.Combine(Target, "dangling")).LinkTarget);
        Assert.True(File.GetUnixFileMode(Path.Combine(Target, "bin/run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Path.Combine(Target, "action.yml")).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Archive_that_an_action_cannot_be_is_refused_and_nothing_is_written_outside(string what, TarEntry[] entries, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Unpack(entries));

        Assert.True(message == error.Message, $"{what}: {error.Message}");
        Assert.Equal(["action", "archive.tar.gz"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(2000)]
    public void Archive_that_was_cut_short_is_refused(int bytes)
    {
        var file = Write(Text("top/a", string.Concat(Enumerable.Range(0, 5000).Select(n => n * 7919))));
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(bytes);
        }

        Assert.Throws<InvalidDataException>(() => new ActionArchive(new ArchiveLimits()).Unpack(file, Target, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static PaxTarEntry Text(string path, string text) =>
        new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private static PaxTarEntry Hard(string path, string target) => new(TarEntryType.HardLink, path) { LinkName = target };

    private static PaxTarEntry Link(string path, string target) => new(TarEntryType.SymbolicLink, path) { LinkName = target };

    private void Unpack(params TarEntry[] entries) => new ActionArchive(new ArchiveLimits { MaxEntries = MaxEntries, MaxBytes = 1024 * 1024 })
        .Unpack(Write(entries), Target, TestContext.Current.CancellationToken);

    private string Write(params TarEntry[] entries)
    {
        var file = Path.Combine(_folder.FullPath, "archive.tar.gz");
        using var zipped = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        using var tar = new TarWriter(zipped, TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            tar.WriteEntry(entry);
        }

        return file;
    }
}
