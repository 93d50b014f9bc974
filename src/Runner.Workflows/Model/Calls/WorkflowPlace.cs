using System.Diagnostics.CodeAnalysis;

namespace Runner.Workflows.Model.Calls;

/// <summary>Where a workflow file is.</summary>
/// <param name="Repository"><c>owner/repo</c>; <c>null</c>: the repository of the run, as it was checked out.</param>
/// <param name="Path">Path in the repository, such as <c>.github/workflows/ci.yml</c>.</param>
/// <param name="Ref">Branch, tag or commit of another repository; <c>null</c> in the run's own.</param>
public sealed record WorkflowPlace(string? Repository, string Path, string? Ref)
{
    private const string Local = "./";

    // The repository of the file that says it: what ./ means too.
    private const string Self = "$/";

    /// <summary>A file of the run's own repository.</summary>
    public static WorkflowPlace OfRun(string path) => new(null, path, null);

    /// <summary>
    /// The place that <c>uses</c> of a job names in a workflow at this place: <c>./path</c> and <c>$/path</c> are in the same repository at the
    /// same commit, <c>owner/repo/path@ref</c> anywhere. False where it is none of these.
    /// </summary>
    public bool TryResolve(string uses, [NotNullWhen(true)] out WorkflowPlace? place)
    {
        ArgumentNullException.ThrowIfNull(uses);
        place = null;
        if (uses.StartsWith(Local, StringComparison.Ordinal) || uses.StartsWith(Self, StringComparison.Ordinal))
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
