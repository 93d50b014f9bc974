namespace Runner.Execution.Hosting;

/// <summary>Tells when the services are ready that were started beside the worker, not before it.</summary>
public interface IServiceGate
{
    /// <summary>Waits until whoever launched the job has said it.</summary>
    /// <returns><c>null</c>: they are ready; else why one is not, in a line, and below it the last that it printed.</returns>
    /// <exception cref="OperationCanceledException">The job is to end before.</exception>
    Task<string?> WaitAsync(CancellationToken cancellationToken);
}
