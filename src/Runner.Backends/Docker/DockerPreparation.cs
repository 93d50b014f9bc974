using System.Collections.Immutable;
using System.Text.Json;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Secret = Runner.Jobs.Secrets.Secret;

namespace Runner.Backends.Docker;

/// <summary>A job's place that could not be made.</summary>
internal sealed class LaunchException(FailureReason reason, string message, bool isPlaceAtFault = false) : Exception(message)
{
    public FailureReason Reason => reason;

    /// <summary><see cref="JobEnd.IsPlaceAtFault"/>.</summary>
    public bool IsPlaceAtFault => isPlaceAtFault;
}

/// <summary>Makes what a job runs in, up to the start of its worker.</summary>
/// <remarks>
/// <list type="number">
/// <item>Pull the images.</item>
/// <item>With services: a network, the services on it, and wait until those with a check are healthy.</item>
/// <item>Create the job's container, copy the worker in, start it with the payload on its standard input.</item>
/// </list>
/// A service that cannot be had, does not start or is not healthy does not keep the worker from its work: it is told of it, fails its step "Initialize containers"
/// and runs the steps that run after a failure, as on GitHub. Everything carries the job's label, so whoever removes by it need not know how far this came.
/// </remarks>
internal sealed class DockerPreparation(
    DockerEngine engine,
    DockerOptions options,
    ExternalsVolume externals,
    JobLaunch launch,
    string image,
    Secret outcomeKey,
    TimeProvider time,
    ILogger logger)
{
    private const int PullTries = 3;
    private const int ServiceLogLines = 50;
    private const string DefaultNetwork = "bridge";
    private static readonly TimeSpan PullPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstHealthPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestHealthPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _labels = DockerLabels.Of(launch.JobId, options.Instance, ProcessMark.Current);

    /// <summary>Does it; gives the id of the job's container.</summary>
    /// <param name="linkKey">Key of the worker's requests.</param>
    /// <param name="cancellationToken">Stops it; what was made so far stays.</param>
    /// <exception cref="LaunchException">It cannot be had.</exception>
    public async Task<string> RunAsync(Secret linkKey, CancellationToken cancellationToken)
    {
        // Step 1
        await PullAsync(launch.Containers.Job ?? new JobContainer { Image = image }, cancellationToken);
        try
        {
            // Step 2
            var builder = new DockerSpecBuilder(launch, image, options, _labels, time.GetUtcNow(), outcomeKey);
            var forwards = builder.Forwards; // a mistake in them is told before anything starts
            var network = launch.Containers.Services.IsEmpty ? null : await engine.CreateNetworkAsync(builder.Name, _labels, cancellationToken);
            var services = network is null ? StartedServices.None : await StartServicesAsync(builder, network, cancellationToken);

            // Step 3
            return await StartJobAsync(builder, network, services, forwards, linkKey, cancellationToken);
        }
        catch (InfrastructureException error)
        {
            throw new LaunchException(
                FailureReason.ContainerStart, $"The job's containers could not be started: {error.Message}", EngineErrors.IsOfEngine(error));
        }
    }

    private async Task PullAsync(JobContainer container, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (!options.AlwaysPull && await engine.Images.HasAsync(container.Image, cancellationToken))
                {
                    return;
                }

                logger.PullingImage(launch.JobId, container.Image);
                await engine.Images.PullAsync(container.Image, container.Credentials, PlatformOf(container), tell: null, cancellationToken);
                return;
            }
            catch (InfrastructureException error) when (tries < PullTries)
            {
                logger.PullFailed(launch.JobId, tries, error.Message);
                await Task.Delay(PullPause * tries, time, cancellationToken);
            }
            catch (InfrastructureException error)
            {
                await RequireEngineAsync(cancellationToken);
                throw new LaunchException(FailureReason.ImagePull, $"The image '{container.Image}' could not be had in {PullTries} tries: {error.Message}");
            }
        }
    }

    // What fails at an engine that is away says nothing of the image.
    private async Task RequireEngineAsync(CancellationToken cancellationToken)
    {
        try
        {
            await engine.PingAsync(cancellationToken);
        }
        catch (InfrastructureException error)
        {
            throw new LaunchException(FailureReason.NodeLost, $"The Docker engine is away: {error.Message}", isPlaceAtFault: true);
        }
    }

    private string? PlatformOf(JobContainer container) => container.Options.Find("--platform")
        ?? (launch.Containers.Services.Any(service => service.Container == container) ? null : options.JobContainerOptions?.Find("--platform"));

    private async Task<StartedServices> StartServicesAsync(DockerSpecBuilder builder, string network, CancellationToken cancellationToken)
    {
        var started = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var service in launch.Containers.Services)
            {
                await PullAsync(service.Container, cancellationToken);
                started[service.Name] = await StartAsync(service, builder.Service(service, network), cancellationToken);
            }

            await Task.WhenAll(launch.Containers.Services.Select(service => WaitUntilHealthyAsync(service, started[service.Name], cancellationToken)));
            return new StartedServices(started, Failure: null);
        }
        catch (LaunchException failure) when (!failure.IsPlaceAtFault)
        {
            logger.ServiceFailed(launch.JobId, failure.Message.Split('\n')[0]); // what it printed is for the job's log only
            return new StartedServices(started, failure.Message);
        }
    }

    private async Task<string> StartAsync(ServiceContainer service, CreateContainerParameters request, CancellationToken cancellationToken)
    {
        try
        {
            var id = await engine.CreateAsync(request, cancellationToken);
            await engine.StartAsync(id, cancellationToken);
            return id;
        }
        catch (InfrastructureException error)
        {
            throw new LaunchException(
                FailureReason.ServiceUnhealthy, $"The service '{service.Name}' ({service.Container.Image}) could not be started: {error.Message}");
        }
    }

    private async Task WaitUntilHealthyAsync(ServiceContainer service, string id, CancellationToken cancellationToken)
    {
        for (var pause = FirstHealthPause; ; pause = pause * 2 < LongestHealthPause ? pause * 2 : LongestHealthPause)
        {
            var state = await engine.ReadStateAsync(id, cancellationToken);
            var health = state.Health?.Status;
            if (!state.Running && health is not (null or "none"))
            {
                await FailAsync(service, id, $"ended with exit code {state.ExitCode} before it was healthy", cancellationToken);
            }

            if (health == "unhealthy")
            {
                var last = state.Health?.Log?.LastOrDefault()?.Output?.Trim();
                await FailAsync(service, id, $"is unhealthy{(string.IsNullOrEmpty(last) ? string.Empty : $" (its check said: {last})")}", cancellationToken);
            }

            // No check ("none", or nothing at all) is not waited for, as on GitHub: such a service may even have ended, its work done.
            if (health != "starting")
            {
                return;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task FailAsync(ServiceContainer service, string id, string what, CancellationToken cancellationToken)
    {
        var log = await engine.ReadLogTailAsync(id, ServiceLogLines, cancellationToken);
        throw new LaunchException(
            FailureReason.ServiceUnhealthy,
            $"The service '{service.Name}' ({service.Container.Image}) {what}. {(log.Length == 0 ? "It printed nothing" : $"The last it printed:\n{log}")}");
    }

    private async Task<string> StartJobAsync(
        DockerSpecBuilder builder,
        string? network,
        StartedServices services,
        ImmutableArray<PortForward> forwards,
        Secret linkKey,
        CancellationToken cancellationToken)
    {
        var node = launch.MayNeedNode ? await externals.EnsureAsync(cancellationToken) : null;
        CreateContainerParameters request = builder.Job(network, node);
        var id = await engine.CreateAsync(request, cancellationToken);
        var user = await ReadUserAsync(id, cancellationToken);
        await engine.UnpackAsync(
            id, "/", (stream, token) => WorkerArchive.WriteAsync(stream, options, user, launch.BoundWorkspace is not null, token), cancellationToken);
        var payload = PayloadBuilder.Build(launch, DockerPaths.Work(hasExternals: node is not null), time.GetUtcNow()) with
        {
            Runner = launch.Runner with { MachineName = builder.Name, Placement = [$"Image: {request.Image}", .. builder.Warnings.Select(warning => $"Warning: {warning}")] },
            Environment = launch.ContainerEnvironment.ToDictionary(StringComparer.Ordinal),
            Hold = launch.Hold is { } hold ? hold with { Enter = $"docker{(options.Host is { } host ? $" -H {host}" : string.Empty)} exec -it {builder.Name}" } : null,
            LinkKey = linkKey.Reveal(),
            OutcomeKey = outcomeKey.Reveal(),
            Forwards = forwards,
            Containers = launch.Containers.IsEmpty ? null : Placed(id, network ?? options.Network ?? DefaultNetwork, services, forwards),
        };
        await engine.StartWithInputAsync(id, JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload), cancellationToken);
        return id;
    }

    // Names are the image's own: its files say whose number they are.
    private async Task<ContainerUser> ReadUserAsync(string id, CancellationToken cancellationToken)
    {
        var text = (await engine.InspectAsync(id, cancellationToken)).Config?.User;
        return string.IsNullOrEmpty(text)
            ? default
            : ContainerUser.Read(
                text, await engine.ReadFileAsync(id, "/etc/passwd", cancellationToken), await engine.ReadFileAsync(id, "/etc/group", cancellationToken)) ?? default;
    }

    private PlacedContainers Placed(string job, string network, StartedServices services, ImmutableArray<PortForward> forwards) => new()
    {
        Network = network,
        Failure = services.Failure,
        Job = launch.Containers.Job is { } container ? new PlacedContainer(job, container.Image) : null,
        Services =
        [
            .. from service in launch.Containers.Services
               where services.Ids.ContainsKey(service.Name)
               select new PlacedService(service.Name, new PlacedContainer(services.Ids[service.Name], service.Container.Image))
               {
                   Ports = ServicePorts.Of(service.Name, forwards),
                   HasCheck = service.Container.Options.EffectiveHealth is not null,
               },
        ],
    };

    /// <summary>The services that were started.</summary>
    /// <param name="Ids">Their containers by name.</param>
    /// <param name="Failure">What one of them lacks, or <c>null</c>.</param>
    private sealed record StartedServices(IReadOnlyDictionary<string, string> Ids, string? Failure)
    {
        public static StartedServices None { get; } = new(new Dictionary<string, string>(), Failure: null);
    }
}
