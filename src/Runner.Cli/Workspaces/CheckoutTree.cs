using Runner.Cli.Git;

namespace Runner.Cli.Workspaces;

/// <summary>What a job gets of a checkout, whatever form that has: the one list from which every backend's copy is made.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>What git has and what is new, empty folders too, but for what is ignored; outside of git everything.</item>
/// <item>Submodules and other repositories inside, each by its own rules.</item>
/// <item>The repository itself, so that git says in the copy what it says in the checkout: <see cref="RepositoryCopy"/>.</item>
/// </list>
/// </remarks>
/// <param name="Entries">All that is in it, each path once, a folder before what is in it.</param>
/// <param name="Notes">What a user should know: things that are not in it and might be missed.</param>
internal sealed record CheckoutTree(IReadOnlyCollection<CheckoutEntry> Entries, IReadOnlyList<string> Notes)
{
    private const string GitName = ".git";

    /// <summary>Looks at a checkout.</summary>
    /// <param name="folder">The checkout.</param>
    /// <param name="withIgnored">Whether what is ignored is in it, too.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor for want of a right.</exception>
    public static async Task<CheckoutTree> ReadAsync(string folder, bool withIgnored, CancellationToken cancellationToken)
    {
        var reading = new Reading(withIgnored, withRepositories: true, cancellationToken);
        await reading.AddAsync(folder, target: string.Empty, outer: []);
        await reading.WriteMissingRepositoryAsync(folder);
        return new CheckoutTree(reading.Entries.Values, reading.Notes);
    }

    /// <summary>The files and links of a checkout that are not ignored, without those of git itself.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlyCollection<CheckoutEntry>> ReadFilesAsync(string folder, CancellationToken cancellationToken)
    {
        var reading = new Reading(withIgnored: false, withRepositories: false, cancellationToken);
        await reading.AddAsync(folder, target: string.Empty, outer: []);
        return [.. reading.Entries.Values.Where(entry => entry is not FolderEntry)];
    }

    private sealed class Reading(bool withIgnored, bool withRepositories, CancellationToken cancellationToken)
    {
        private static readonly string[] AllFiles = ["--cached", "--others"];

        public SortedDictionary<string, CheckoutEntry> Entries { get; } = new(StringComparer.Ordinal);

        public List<string> Notes { get; } = [];

        /// <summary>Adds what is in a folder.</summary>
        /// <param name="source">The folder.</param>
        /// <param name="target">Path in the copy; empty: its root.</param>
        /// <param name="outer">Repositories around it, the outermost first.</param>
        public async Task AddAsync(string source, string target, IReadOnlyList<RepositoryCopy> outer)
        {
            if (await FilesAsync(source) is not { } files)
            {
                AddAll(FolderWalk.Entries(source, target, path => path == GitName && !withRepositories));
                return;
            }

            RepositoryCopy? repository = null;
            if (withRepositories && GitFolder.Find(source) is { } git)
            {
                repository = RepositoryCopy.Of(git, source, target, outer);
                await repository.AddToAsync(Entries, Notes, cancellationToken);
            }

            var nested = new HashSet<string>(StringComparer.Ordinal) { GitName };
            foreach (var file in files.Select(file => file.TrimEnd('/')))
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (FolderWalk.EntryOf(Path.Combine(source, file), FolderWalk.Below(target, file)))
                {
                    case FolderEntry folder when Path.Exists(Path.Combine(folder.Source, GitName)):
                        // A submodule, or a repository that is not one.
                        nested.Add(file);
                        AddAll([folder]);
                        await AddAsync(folder.Source, folder.Path, repository is null ? outer : [.. outer, repository]);
                        break;
                    case { } entry:
                        AddAll([entry]);
                        break;
                    case null when file.Contains('\uFFFD', StringComparison.Ordinal):
                        Notes.Add($"'{FolderWalk.Below(target, file)}' is not in the job's checkout: its name is not UTF-8");
                        break;
                    default:
                        break; // deleted, or never there in a sparse checkout
                }
            }

            if (!withRepositories)
            {
                return;
            }

            var ignored = withIgnored ? [] : await ListAsync(source, "--others", "--ignored", "--exclude-standard", "--directory") ?? [];
            nested.UnionWith(ignored.Where(path => path.EndsWith('/')).Select(path => path.TrimEnd('/')));
            AddAll(FolderWalk.Folders(source, target, nested.Contains));
        }

        /// <summary>Notes that a folder is part of a repository which is not in the copy.</summary>
        public async Task WriteMissingRepositoryAsync(string folder)
        {
            if (!Path.Exists(Path.Combine(folder, GitName)) && await GitCommand.AskAsync(folder, cancellationToken, "rev-parse", "--show-toplevel") is { } root)
            {
                var inside = Path.GetRelativePath(root, GitFolder.RealPath(folder)).Replace(Path.DirectorySeparatorChar, '/');
                Notes.Add($"jobs get '{inside}' alone, without git: it is a folder of the repository '{root}'; -C {root} -W {inside}/… runs its workflows on the whole repository");
            }
        }

        // Those of git's list, folders that are repositories among them; null: there is no git here.
        private async Task<IEnumerable<string>?> FilesAsync(string source)
        {
            var isRoot = Path.Exists(Path.Combine(source, GitName));
            if (!isRoot && await GitCommand.AskAsync(source, cancellationToken, "check-ignore", ".") is not null)
            {
                return null; // it stands in a repository that wants to know nothing of it
            }

            var files = await ListAsync(source, withIgnored ? AllFiles : [.. AllFiles, "--exclude-standard"]);
            if (files is null && isRoot)
            {
                Notes.Add($"git cannot read the checkout in '{source}' (git status tells why there): jobs get all that is in it, ignored files too");
            }

            // A file with a conflict is listed several times.
            return files?.Distinct(StringComparer.Ordinal);
        }

        private Task<IReadOnlyList<string>?> ListAsync(string source, params string[] which) =>
            GitCommand.ListAsync(source, cancellationToken, ["ls-files", "-z", .. which]);

        private void AddAll(IEnumerable<CheckoutEntry> entries)
        {
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Entries[entry.Path] = entry;
            }
        }
    }
}
