namespace Runner.Workflows.Model;

/// <summary>Where the texts of called workflows come from: a checkout, a cache of repositories, GitHub, a test.</summary>
public interface IWorkflowSource
{
    /// <summary>The text of a called workflow, or <c>null</c> where there is none.</summary>
    /// <param name="reference">
    /// <c>uses</c> as it was written, <c>./.github/workflows/x.yml</c> or <c>owner/repo/.github/workflows/x.yml@ref</c>; a path that a
    /// workflow of another repository wrote has that repository and ref added.
    /// </param>
    string? Find(string reference);

    /// <summary>Whether it can tell what stands behind a reference. A call of which it cannot is left unchecked and unread. Default: always.</summary>
    bool Knows(string reference) => true;
}
