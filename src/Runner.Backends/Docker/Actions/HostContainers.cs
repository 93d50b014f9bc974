using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Docker.Actions;

/// <summary>Container actions of a job that is a process of this machine, by a Docker engine of this machine where one answers.</summary>
/// <remarks>The engine is asked when the first action comes. What is left of the containers is removed when this is disposed, unless the job was let go of.</remarks>
/// <param name="host">Address of the engine, or <c>null</c>: that of Docker's own socket.</param>
/// <param name="job">The job.</param>
/// <param name="time">The clock.</param>
internal sealed class HostContainers(string? host, JobId job, TimeProvider time) : IWorkerRequestHandler, IAsyncDisposable
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(30);

    private readonly DockerEngine _engine = new(host);
    private bool _isUsed;
    private bool _isLetGo;

    /// <inheritdoc/>
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        if (!await DockerBackend.AnswersAsync(host, cancellationToken))
        {
            throw new WorkflowException(
                $"A container action needs a Docker engine, and none answers at {host ?? DockerEngine.DefaultHost}: start one on this machine, set DOCKER_HOST, or run the job on the backend docker");
        }

        _isUsed = true;
        var place = new HostPlace(job, DockerLabels.Of(job, $"{Environment.MachineName}-host", ProcessMark.Current));
        var actions = new SiblingContainers(_engine, _ => Task.FromResult<IActionPlace>(place), socket: null, alwaysPulls: false, time);
        return await actions.HandleAsync(request, exchange, cancellationToken);
    }

    /// <summary>Another launcher goes on with the job: its containers are left to it.</summary>
    public void LetGo() => _isLetGo = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        try
        {
            await (_isUsed && !_isLetGo ? _engine.RemoveAllAsync($"{DockerLabels.Job}={job}", limit.Token) : Task.CompletedTask);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            return; // the engine is gone, and its containers with it
        }
        finally
        {
            _engine.Dispose();
        }
    }
}
