namespace Runner.Emulator.Actions;

/// <summary>The kind of an archive; GitHub's runner takes tarballs on Linux and macOS, zip files on Windows.</summary>
internal enum ArchiveKind
{
    TarGz,
    Zip,
}

/// <summary>A repository that the emulator has.</summary>
internal interface IActionRepository
{
    /// <summary><c>owner/repo</c> as its owner writes it.</summary>
    string Name { get; }

    /// <summary>The commit that a branch, tag or full commit id stands for now, or why there is none.</summary>
    Task<ActionVersion> ResolveAsync(string version, CancellationToken cancellationToken);

    /// <summary>The text of a commit's file, or <c>null</c>: there is none. A commit that <see cref="ResolveAsync"/> gave.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="path">Path in the repository, with <c>/</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<string?> ReadFileAsync(string commit, string path, CancellationToken cancellationToken);

    /// <summary>Writes a commit's files under one top-level directory. A commit that <see cref="ResolveAsync"/> gave.</summary>
    Task WriteArchiveAsync(string commit, ArchiveKind kind, string topLevel, Stream output, CancellationToken cancellationToken);
}

/// <summary>A commit, or why none was found.</summary>
/// <param name="Commit">40 hexadecimal digits; <c>null</c> where there is none.</param>
/// <param name="Problem">For the author of the workflow; <c>null</c> where there is a commit.</param>
internal sealed record ActionVersion(string? Commit, string? Problem)
{
    public static ActionVersion Found(string commit) => new(commit, null);

    public static ActionVersion Missing(string problem) => new(null, problem);
}
