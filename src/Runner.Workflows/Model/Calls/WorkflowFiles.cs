namespace Runner.Workflows.Model.Calls;

/// <summary>Called workflows whose texts are at hand.</summary>
/// <param name="texts">Reference, as <c>uses</c> would name it in the run's own repository → text.</param>
public sealed class WorkflowFiles(IReadOnlyDictionary<string, string> texts) : IWorkflowSource
{
    /// <inheritdoc/>
    public Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        return Task.FromResult(texts.GetValueOrDefault(place.ToString()));
    }
}
