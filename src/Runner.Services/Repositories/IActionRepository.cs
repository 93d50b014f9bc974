namespace Runner.Services.Repositories;

/// <summary>The kind of an archive; GitHub's runner takes tarballs on Linux and macOS, zip files on Windows.</summary>
public enum ArchiveKind
{
    /// <summary>A gzipped tar.</summary>
    TarGz,

    /// <summary>A zip file.</summary>
    Zip,
}

/// <summary>A repository that jobs take actions and workflows of.</summary>
public interface IActionRepository
{
    /// <summary><c>owner/repo</c> as its owner writes it.</summary>
    string Name { get; }

    /// <summary>The commit that a branch, tag or full commit id stands for now, or why there is none.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The repository cannot be asked.</exception>
    Task<ActionVersion> ResolveAsync(string version, CancellationToken cancellationToken);

    /// <summary>The text of a commit's file, or <c>null</c>: there is none. A commit that <see cref="ResolveAsync"/> gave.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="path">Path in the repository, with <c>/</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">The repository cannot be read.</exception>
    Task<string?> ReadFileAsync(string commit, string path, CancellationToken cancellationToken);

    /// <summary>Writes a commit's files under one top-level directory. A commit that <see cref="ResolveAsync"/> gave.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">The repository cannot be read.</exception>
    Task WriteArchiveAsync(string commit, ArchiveKind kind, string topLevel, Stream output, CancellationToken cancellationToken);
}

/// <summary>A commit, or why none was found.</summary>
/// <param name="Commit">40 hexadecimal digits; <c>null</c> where there is none.</param>
/// <param name="Problem">For the author of the workflow; <c>null</c> where there is a commit.</param>
public sealed record ActionVersion(string? Commit, string? Problem)
{
    /// <summary>A commit.</summary>
    public static ActionVersion Found(string commit) => new(commit, null);

    /// <summary>No commit, and why.</summary>
    public static ActionVersion Missing(string problem) => new(null, problem);
}
