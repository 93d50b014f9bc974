using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.Execution.Hosting;

/// <summary>
/// Where actions of repositories come from: GitHub's launch service, or in a local run whoever started the worker
/// (<c>actions-download.md</c> sections 2 and 3).
/// </summary>
/// <remarks>An implementation retries by itself what passes, and tells each try that failed as a warning.</remarks>
public interface IActionSource
{
    /// <summary>Finds the commit of each action. The answer has all of them, in the order asked for.</summary>
    /// <exception cref="WorkflowException">One of them does not exist, or may not be used.</exception>
    /// <exception cref="InfrastructureException">Nobody could be asked.</exception>
    Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
        IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the archive of an action's repository to a new file: a gzipped tar whose entries stand below one folder, as
    /// <c>git archive --prefix</c> makes it.
    /// </summary>
    /// <exception cref="WorkflowException">There is none, or it may not be read.</exception>
    /// <exception cref="InfrastructureException">It could not be read.</exception>
    Task FetchAsync(ResolvedAction action, string file, IActionFeedback feedback, CancellationToken cancellationToken);
}

/// <summary>What an <see cref="IActionSource"/> has to tell while it works.</summary>
public interface IActionFeedback
{
    /// <summary>A try failed, and another one follows.</summary>
    void Warn(string message);

    /// <summary>From now on the text is masked in all logs.</summary>
    void Mask(string secret);
}

/// <summary>A repository at a ref that steps use actions of.</summary>
/// <param name="Name"><c>owner/repo</c>.</param>
/// <param name="Ref">Branch, tag or commit.</param>
/// <param name="Path">Folder of the action that the first of these steps uses, or <c>null</c>: the root.</param>
public sealed record RepositoryAction(string Name, string Ref, string? Path)
{
    /// <summary><c>owner/repo@ref</c>: what is asked for once, however many steps use it. Case counts.</summary>
    public string Key => $"{Name}@{Ref}";
}

/// <summary>A repository's commit, and how to get it.</summary>
public sealed record ResolvedAction
{
    /// <summary>What was asked for.</summary>
    public required RepositoryAction Action { get; init; }

    /// <summary><c>owner/repo</c> after renames.</summary>
    public required string ResolvedName { get; init; }

    /// <summary>The commit, hexadecimal.</summary>
    public required string Sha { get; init; }

    /// <summary>Address of the archive, or <c>null</c> where its source needs none.</summary>
    public Uri? Archive { get; init; }

    /// <summary>Token for that address, or <c>null</c>: none is needed.</summary>
    public Secret? Token { get; init; }

    /// <summary>The immutable package that the action is taken from, or <c>null</c>.</summary>
    public ActionPackage? Package { get; init; }
}

/// <summary>An immutable action package.</summary>
/// <param name="Version">Version of the package.</param>
/// <param name="Digest">Digest of its manifest.</param>
public sealed record ActionPackage(string Version, string Digest);
