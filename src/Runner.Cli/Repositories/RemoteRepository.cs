using System.Text;
using Runner.Jobs.Errors;
using Runner.Services.Repositories;

namespace Runner.Cli.Repositories;

/// <summary>A repository of a git server. A commit is fetched once and kept; only refs are asked about again.</summary>
/// <param name="name"><c>owner/repo</c>.</param>
/// <param name="address">Where git finds it.</param>
/// <param name="kept">The commits that are here.</param>
/// <param name="git">Git, with what opens the repository.</param>
/// <param name="access">What is to be known of tokens where git cannot read it: a sentence.</param>
/// <param name="isOffline">Whether a ref that was asked about before is taken as it was then.</param>
internal sealed class RemoteRepository(string name, string address, KeptCommits kept, GitProgram git, string access, bool isOffline)
    : IActionRepository
{
    private const string Peeled = "^{}";
    private const string Tags = "refs/tags/";
    private const string Heads = "refs/heads/";

    public string Name => name;

    /// <inheritdoc/>
    /// <remarks>A tag goes before a branch of the same name, as GitHub's own documents for action authors advise to rely on.</remarks>
    public async Task<ActionVersion> ResolveAsync(string version, CancellationToken cancellationToken)
    {
        if (IsCommit(version))
        {
            return ActionVersion.Found(version.ToLowerInvariant());
        }

        if (isOffline && kept.Recall(version) is { } recalled)
        {
            return ActionVersion.Found(recalled);
        }

        var refs = await ListAsync(version, [version, version + Peeled], cancellationToken);
        var names = version.StartsWith("refs/", StringComparison.Ordinal) ? new[] { version } : [Tags + version, Heads + version];
        foreach (var candidate in names.SelectMany(full => new[] { full + Peeled, full }))
        {
            if (refs.TryGetValue(candidate, out var commit))
            {
                kept.Remember(version, commit);
                return ActionVersion.Found(commit);
            }
        }

        return ActionVersion.Missing(
            $"Unable to resolve action `{name}@{version}`, unable to find version `{version}`{await HintAsync(version, cancellationToken)}");
    }

    public async Task<string?> ReadFileAsync(string commit, string path, CancellationToken cancellationToken) =>
        await (await KeptAsync(commit, cancellationToken)).ReadFileAsync(commit, path, cancellationToken);

    public async Task WriteArchiveAsync(string commit, ArchiveKind kind, string topLevel, Stream output, CancellationToken cancellationToken) =>
        await (await KeptAsync(commit, cancellationToken)).WriteArchiveAsync(commit, kind, topLevel, output, cancellationToken);

    private async Task<GitActionRepository> KeptAsync(string commit, CancellationToken cancellationToken)
    {
        try
        {
            return new GitActionRepository(name, kept.Find(commit) ?? await kept.FetchAsync(address, commit, cancellationToken));
        }
        catch (InfrastructureException problem)
        {
            throw new InfrastructureException($"Commit {commit} of '{name}' cannot be fetched from {address}. {problem.Message}. {access}", problem);
        }
    }

    private async Task<string> HintAsync(string version, CancellationToken cancellationToken)
    {
        if (version.Length >= 7 && version.All(char.IsAsciiHexDigit))
        {
            return "; a shortened commit id is not supported, give all 40 digits";
        }

        var all = await ListAsync(version, ["--heads", "--tags"], cancellationToken);
        return NearestName.Hint(version, all.Keys
            .Where(full => !full.EndsWith(Peeled, StringComparison.Ordinal))
            .Select(full => full.Replace(Tags, string.Empty, StringComparison.Ordinal).Replace(Heads, string.Empty, StringComparison.Ordinal)));
    }

    // Patterns also match names that end in them: the caller looks for whole ones.
    private async Task<Dictionary<string, string>> ListAsync(string version, string[] what, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var options = what.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        string[] arguments = ["ls-remote", "--quiet", .. options, "--", address, .. what.Except(options)];
        // Not in the temporary folder: whoever put a repository there would be asked for its settings.
        var nowhere = Path.GetPathRoot(Path.GetTempPath()) ?? "/";
        if (await git.FindProblemAsync(nowhere, arguments, output, cancellationToken) is { } problem)
        {
            throw new InfrastructureException($"Unable to resolve action `{name}@{version}`: git cannot read {address} ({problem}). {access}");
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(parts => parts is [{ Length: >= 40 }, _])
            .DistinctBy(parts => parts[1])
            .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);
    }

    private static bool IsCommit(string version) => version.Length == 40 && version.All(char.IsAsciiHexDigit);
}
