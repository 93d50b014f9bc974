using System.Text;

namespace Runner.Services.Repositories;

/// <summary>A git repository on disk, with or without a working tree. Only what is committed is served, by git itself.</summary>
/// <param name="name"><c>owner/repo</c>.</param>
/// <param name="folder">Its root.</param>
public sealed class GitActionRepository(string name, string folder) : IActionRepository
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Whether a folder is the root of a repository; one inside a repository's working tree is not.</summary>
    public static bool IsRepository(string folder) =>
        Path.Exists(Path.Combine(folder, ".git"))
        || (File.Exists(Path.Combine(folder, "HEAD")) && Directory.Exists(Path.Combine(folder, "objects")));

    /// <inheritdoc/>
    /// <remarks>A tag goes before a branch of the same name, as GitHub's own documents for action authors advise to rely on.</remarks>
    public async Task<ActionVersion> ResolveAsync(string version, CancellationToken cancellationToken)
    {
        foreach (var candidate in new[] { "refs/tags/" + version, "refs/heads/" + version, "refs/remotes/origin/" + version })
        {
            if (await CommitOfAsync(candidate, cancellationToken) is { } commit)
            {
                return ActionVersion.Found(commit);
            }
        }

        if (version.StartsWith("refs/", StringComparison.Ordinal) || IsFullCommit(version))
        {
            return await CommitOfAsync(version, cancellationToken) is { } commit ? ActionVersion.Found(commit) : NoVersion(version);
        }

        return version.Length >= 7 && version.All(char.IsAsciiHexDigit) && await CommitOfAsync(version, cancellationToken) is { } whole
            ? ActionVersion.Missing(
                $"Unable to resolve action `{name}@{version}`, the provided ref `{version}` is the shortened version of a commit SHA, " +
                $"which is not supported. Please use the full commit SHA `{whole}` instead.")
            : NoVersion(version);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadFileAsync(string commit, string path, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        return await GitProgram.OfProcess.TryRunAsync(folder, ["cat-file", "blob", $"{commit}:{path}"], output, cancellationToken)
            ? Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length)
            : null;
    }

    /// <inheritdoc/>
    public Task WriteArchiveAsync(string commit, ArchiveKind kind, string topLevel, Stream output, CancellationToken cancellationToken)
    {
        var format = kind == ArchiveKind.Zip ? "zip" : "tar.gz";
        return GitProgram.OfProcess.RunAsync(folder, ["archive", "--format=" + format, $"--prefix={topLevel}/", commit], output, cancellationToken);
    }

    private static bool IsFullCommit(string version) => version.Length == 40 && version.All(char.IsAsciiHexDigit);

    private ActionVersion NoVersion(string version) => ActionVersion.Missing(
        $"Unable to resolve action `{name}@{version}`, unable to find version `{version}`");

    private async Task<string?> CommitOfAsync(string revision, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var isThere = await GitProgram.OfProcess.TryRunAsync(
            folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], output, cancellationToken);
        return isThere ? Encoding.ASCII.GetString(output.GetBuffer(), 0, (int)output.Length).Trim().Split('\n')[^1] : null;
    }
}
