namespace Runner.Workflows.Model.Calls;

/// <summary>Called workflows whose texts are at hand.</summary>
/// <param name="texts">Reference → text.</param>
public sealed class WorkflowFiles(IReadOnlyDictionary<string, string> texts) : IWorkflowSource
{
    /// <inheritdoc/>
    public string? Find(string reference) => texts.GetValueOrDefault(reference);
}
