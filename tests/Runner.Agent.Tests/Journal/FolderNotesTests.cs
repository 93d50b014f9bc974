using Runner.Agent.Journal;

namespace Runner.Agent.Tests.Journal;

public sealed class FolderNotesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("runner-notes-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Notes_are_seen_by_every_agent_of_the_folder_until_one_removes_them()
    {
        var path = Path.Combine(_folder.FullName, "jobs", "notes");
        var (one, other) = (new FolderNotes(path), new FolderNotes(path));

        Assert.Empty(await other.ListAsync(Token));
        await one.KeepAsync("7-1-a", "first", Token);
        await one.KeepAsync("7-1-a", "second", Token);
        await one.KeepAsync("8-1-b", "third", Token);

        Assert.Equal([("7-1-a", "second"), ("8-1-b", "third")], (await other.ListAsync(Token)).Select(note => (note.Key, note.Value)).Order());
        await other.RemoveAsync("7-1-a", Token);
        await other.RemoveAsync("7-1-a", Token);
        Assert.Equal(["8-1-b"], (await one.ListAsync(Token)).Keys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder.FullName, "jobs")));
    }
}
