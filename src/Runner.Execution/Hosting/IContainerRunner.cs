using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Execution.Hosting;

/// <summary>Runs containers beside the job: what only whoever started the worker can do.</summary>
public interface IContainerRunner
{
    /// <summary>Pulls or builds the image, runs the container and waits for its end.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="output">Gets what it prints.</param>
    /// <param name="cancellationToken">Stops the container; it is gone when the call throws.</param>
    /// <exception cref="WorkflowException">It cannot be run as the workflow says, or not here; the message says why.</exception>
    /// <exception cref="InfrastructureException">Something outside of the workflow failed.</exception>
    Task<ContainerEnded> RunAsync(ContainerRequest request, IContainerOutput output, CancellationToken cancellationToken);
}

/// <summary>Gets what a container prints.</summary>
public interface IContainerOutput
{
    /// <summary>Takes bytes, cut anywhere; copied before the call returns.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}
