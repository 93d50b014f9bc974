using Runner.Jobs.Errors;
using Runner.Services.Repositories;

namespace Runner.Cli.Repositories;

/// <summary>
/// The commits of one repository that were fetched, each in a shallow bare repository of its own, and which commit a ref last stood for.
/// </summary>
/// <remarks>
/// Everything is made aside and renamed: any number of jobs and runs use a folder at the same time without a lock, and one that dies in the
/// middle leaves nothing half made. What two of them fetch at once, one of them throws away.
/// </remarks>
/// <param name="folder">The folder.</param>
/// <param name="git">Git, with what opens the repository.</param>
internal sealed class KeptCommits(string folder, GitProgram git)
{
    private string Commits => Path.Combine(folder, "commits");

    /// <summary>The repository of a commit, or <c>null</c>: it was not fetched.</summary>
    public string? Find(string commit) => Path.Combine(Commits, commit) is var path && Directory.Exists(path) ? path : null;

    /// <summary>Fetches a commit; gives its repository.</summary>
    /// <exception cref="InfrastructureException">Git could not; the message has its words.</exception>
    public async Task<string> FetchAsync(string address, string commit, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Commits);
        var draft = Path.Combine(folder, $".{commit}.{Guid.NewGuid():N}");
        try
        {
            await git.RunAsync(folder, ["init", "--quiet", "--bare", draft], Stream.Null, cancellationToken);
            await git.RunAsync(draft, ["fetch", "--quiet", "--depth", "1", "--no-tags", address, commit], Stream.Null, cancellationToken);
            return Publish(draft, commit);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    /// <summary>The commit that a ref stood for when it was asked about last, if that commit is here; else <c>null</c>.</summary>
    public string? Recall(string version)
    {
        try
        {
            return File.ReadAllText(RefFile(version)) is var commit && Find(commit) is not null ? commit : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Notes which commit a ref stands for.</summary>
    public void Remember(string version, string commit)
    {
        var file = RefFile(version);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // it has a folder
        var draft = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, commit);
        File.Move(draft, file, overwrite: true);
    }

    private string Publish(string draft, string commit)
    {
        var path = Path.Combine(Commits, commit);
        try
        {
            Directory.Move(draft, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // Another job was faster; both have the same.
        }

        return path;
    }

    // A ref may hold slashes, and must not lead anywhere.
    private string RefFile(string version) => Path.Combine(folder, "refs", "=" + Uri.EscapeDataString(version));
}
