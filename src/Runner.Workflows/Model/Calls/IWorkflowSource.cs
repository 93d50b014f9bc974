using Runner.Jobs.Errors;

namespace Runner.Workflows.Model.Calls;

/// <summary>Where the texts of called workflows come from: a checkout, a cache of repositories, GitHub, a test.</summary>
public interface IWorkflowSource
{
    /// <summary>The text of a workflow file, or <c>null</c>: there is none.</summary>
    /// <exception cref="WorkflowException">It cannot be had, and why.</exception>
    /// <exception cref="InfrastructureException">Whoever has it could not be reached.</exception>
    Task<string?> ReadAsync(WorkflowPlace place, CancellationToken cancellationToken);

    /// <summary>Whether it can tell what is at a place. A call of which it cannot is left unchecked and unread. Default: always.</summary>
    bool Knows(WorkflowPlace place) => true;
}
