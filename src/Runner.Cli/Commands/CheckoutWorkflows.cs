using Runner.Workflows.Model;

namespace Runner.Cli.Commands;

/// <summary>Called workflows of the same checkout. Those of other repositories are not fetched for a check: their calls pass unchecked.</summary>
internal sealed class CheckoutWorkflows(string root) : IWorkflowSource
{
    private const string Local = "./";

    /// <summary>The source for a file in <c>.github/workflows</c> of a checkout; <c>null</c> for a file elsewhere.</summary>
    public static CheckoutWorkflows? Around(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty;
        return folder.EndsWith(Path.Combine(".github", "workflows"), StringComparison.Ordinal)
            ? new CheckoutWorkflows(Path.GetFullPath(Path.Combine(folder, "..", "..")))
            : null;
    }

    /// <inheritdoc/>
    public bool Knows(string reference) => reference.StartsWith(Local, StringComparison.Ordinal);

    /// <inheritdoc/>
    public string? Find(string reference)
    {
        var path = Path.GetFullPath(Path.Combine(root, reference));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
