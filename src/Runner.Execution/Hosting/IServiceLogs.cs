using Runner.Jobs.Errors;

namespace Runner.Execution.Hosting;

/// <summary>Has the logs of the job's services: only whoever launched it can read them.</summary>
public interface IServiceLogs
{
    /// <summary>Writes what a service printed, or the last part of it.</summary>
    /// <param name="container">Its container, as <c>job.services.&lt;name&gt;.id</c> has it.</param>
    /// <param name="output">Gets it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InfrastructureException">It cannot be had.</exception>
    Task WriteAsync(string container, IContainerOutput output, CancellationToken cancellationToken);
}
