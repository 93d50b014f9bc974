using Docker.DotNet.Models;
using Runner.Backends.Link;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Docker.Actions;

/// <summary>Runs container actions beside a job, by the engine that runs the job.</summary>
/// <remarks>
/// <list type="number">
/// <item>The image is pulled where the engine lacks it, or built; the log shows how.</item>
/// <item>The container starts with the job's folders and network; what it prints goes to the worker.</item>
/// <item>Where an agent that is gone left it running, nobody knows what of it the worker has seen: it is removed, and its step fails.</item>
/// <item>A cancel is told as GitHub's runner tells a process: SIGINT, SIGTERM, then it is killed. It is removed in any case.</item>
/// </list>
/// </remarks>
/// <param name="engine">The engine.</param>
/// <param name="findPlace">Where the job runs.</param>
/// <param name="socket">The engine's socket, for containers to have, or <c>null</c>: they get none.</param>
/// <param name="alwaysPulls">Whether an image is pulled although the engine has it.</param>
/// <param name="time">The clock.</param>
internal sealed class SiblingContainers(
    DockerEngine engine, Func<CancellationToken, Task<IActionPlace>> findPlace, string? socket, bool alwaysPulls, TimeProvider time) : IWorkerRequestHandler
{
    private const string BuiltImages = "runner-action";

    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        var asked = request as ContainerRequest ?? throw new InfrastructureException($"A request '{request.Kind}' asks for no container");
        var place = await findPlace(cancellationToken);
        var log = new ActionLog(exchange.Output);
        return asked.Source switch
        {
            ContainerImage source => await RunAsync(asked, await PullAsync(source.Image, log, cancellationToken)),
            ContainerBuild source => await BuildAndRunAsync(source),
            var other => throw new InfrastructureException($"A container cannot be made from {other.GetType().Name} by this version"),
        };

        async Task<RequestResult> BuildAndRunAsync(ContainerBuild source)
        {
            var image = $"{BuiltImages}:{exchange.RequestId}";
            await BuildAsync(source, image, place, log, cancellationToken);
            try
            {
                return await RunAsync(asked, image);
            }
            finally
            {
                await CleanUpAsync(token => engine.Images.RemoveAsync(image, token)); // its layers stay, for the next build
            }
        }

        Task<RequestResult> RunAsync(ContainerRequest container, string image) =>
            this.RunAsync(ActionSpecBuilder.Build(container, exchange.RequestId, image, place, socket), exchange.Output, cancellationToken);
    }

    // Step 1
    private async Task<string> PullAsync(string image, ActionLog log, CancellationToken cancellationToken)
    {
        if (!alwaysPulls && await engine.Images.HasAsync(image, cancellationToken))
        {
            return image;
        }

        using var group = log.Group($"Pull down action image '{image}'");
        try
        {
            await engine.Images.PullAsync(image, credentials: null, platform: null, log.Line, cancellationToken);
            return image;
        }
        catch (InfrastructureException error) when (error.StatusCode is >= 400 and < 500)
        {
            throw new WorkflowException($"The image '{image}' cannot be had: {error.Message}", error);
        }
    }

    private async Task BuildAsync(ContainerBuild source, string image, IActionPlace place, ActionLog log, CancellationToken cancellationToken)
    {
        using var group = log.Group($"Build container for action use: '{source.Context}/{source.Dockerfile}'.");
        await using var context = await place.ReadFolderAsync(source.Context, cancellationToken);
        try
        {
            await engine.Images.BuildAsync(context, source.Dockerfile, image, log.Line, cancellationToken);
        }
        catch (InfrastructureException error) when (error.StatusCode is null or (>= 400 and < 500))
        {
            throw new WorkflowException($"Docker build failed: {error.Message}", error);
        }
    }

    // Step 2
    private async Task<RequestResult> RunAsync(CreateContainerParameters container, Stream output, CancellationToken cancellationToken)
    {
        var id = await CreateAsync(container, cancellationToken);
        try
        {
            return await WatchAsync(id, output, cancellationToken);
        }
        finally
        {
            await CleanUpAsync(token => engine.RemoveAsync(id, token));
        }
    }

    // Step 3
    private async Task<string> CreateAsync(CreateContainerParameters container, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.CreateAsync(container, cancellationToken);
        }
        catch (InfrastructureException taken) when (taken.StatusCode == 409)
        {
            await CleanUpAsync(token => engine.RemoveAsync(container.Name ?? string.Empty, token));
            throw new InfrastructureException("The agent that ran this container ended before it, and what it printed since then is lost: it was stopped", taken);
        }
    }

    private async Task<RequestResult> WatchAsync(string id, Stream output, CancellationToken cancellationToken)
    {
        try
        {
            await engine.Streams.RunAsync(id, output, cancellationToken);
            await engine.WaitAsync(id, cancellationToken);
        }
        catch (InfrastructureException error) when (error.StatusCode is 400 or 404)
        {
            throw new WorkflowException($"The container cannot be started: {error.Message}", error); // no such program, as a rule
        }
        catch (OperationCanceledException)
        {
            await StopAsync(id);
            throw;
        }

        var state = await engine.ReadStateAsync(id, cancellationToken);
        return new ContainerEnded
        {
            ExitCode = (int)state.ExitCode,
            Message = state.OOMKilled ? "The container used more memory than it may and was killed by the kernel" : null,
        };
    }

    // Step 4
    private Task StopAsync(string id) => CleanUpAsync(token => StopSignals.SendAsync(
        (signal, stop) => engine.SignalAsync(id, $"SIG{signal}", stop), stop => engine.WaitAsync(id, stop), time, token)); // at last its removal kills it

    // What is not removed here is removed with the job: it has the job's label.
    private async Task CleanUpAsync(Func<CancellationToken, Task> cleanUp)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        try
        {
            await cleanUp(limit.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            return;
        }
    }
}
