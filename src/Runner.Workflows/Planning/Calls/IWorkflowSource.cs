using Runner.Jobs.Errors;

namespace Runner.Workflows.Planning.Calls;

/// <summary>Where the files of called workflows come from: a checkout, a set of given files, GitHub.</summary>
public interface IWorkflowSource
{
    /// <summary>The text of a workflow file, or <c>null</c>: there is none.</summary>
    /// <exception cref="WorkflowException">It cannot be had, and why.</exception>
    /// <exception cref="InfrastructureException">Whoever has it could not be reached.</exception>
    Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken);
}
