using System.Diagnostics.CodeAnalysis;

namespace Runner.Workflows.Planning.Calls;

/// <summary>Where a workflow file is.</summary>
/// <param name="Repository"><c>owner/repo</c>; <c>null</c>: the repository of the run, as it was checked out.</param>
/// <param name="Path">Path in the repository, such as <c>.github/workflows/ci.yml</c>.</param>
/// <param name="Ref">Branch, tag or commit of another repository; <c>null</c> in the run's own.</param>
public sealed record WorkflowPlace(string? Repository, string Path, string? Ref)
{
    private const string Local = "./";

    /// <summary>A file of the run's own repository.</summary>
    public static WorkflowPlace OfRun(string path) => new(null, path, null);

    /// <summary>
    /// The place that <c>uses</c> of a job names in a workflow at this place: <c>./path</c> is in the same repository at the same commit,
    /// <c>owner/repo/path@ref</c> anywhere. False where it is neither.
    /// </summary>
    public bool TryResolve(string uses, [NotNullWhen(true)] out WorkflowPlace? place)
    {
        place = null;
        if (uses.StartsWith(Local, StringComparison.Ordinal))
        {
            place = this with { Path = uses[Local.Length..] };
        }
        else if (uses.Split('@', 2) is [var file, { Length: > 0 } gitRef]
            && file.Split('/', 3) is [{ Length: > 0 } owner, { Length: > 0 } repository, { Length: > 0 } path])
        {
            place = new WorkflowPlace($"{owner}/{repository}", path, gitRef);
        }

        return place is not null;
    }

    /// <summary>As <c>uses</c> would name it.</summary>
    public override string ToString() => Repository is null ? Local + Path : $"{Repository}/{Path}@{Ref}";
}
