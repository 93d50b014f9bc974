using System.Collections.Concurrent;
using System.Globalization;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends.Docker.Actions;
using Runner.Backends.Link;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Backends.Docker;

/// <summary>
/// Runs each job in a container of its own, by any engine that speaks Docker's API: the worker is copied in, so the image may be anything,
/// and services are on a network of the job's own, by their names.
/// </summary>
/// <remarks>
/// Jobs that report to GitHub outlive their launcher, and another one of the same instance adopts them. The payload is nowhere but in the
/// worker, so a successor can watch, clean up and run container actions (<see cref="SharedLinkKeys"/>), but not speak to GitHub in the job's
/// name. All else that a launcher left behind, a local run's jobs too, is removed by the next one of the same instance.
/// </remarks>
public sealed class DockerBackend : IJobBackend, IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    // An engine that starts a hundred containers may take its time to say that it is there.
    private static readonly TimeSpan PatienceWithEngine = TimeSpan.FromSeconds(30);

    private readonly DockerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DockerEngine _engine;
    private readonly ExternalsVolume _externals;
    private readonly ConcurrentDictionary<(JobId Job, int Attempt), Lazy<JobLifetime>> _handles = new();
    private readonly SharedLinkKeys _keys;
    private readonly Lock _gate = new();
    private Task? _sweep;

    /// <summary>A backend on an engine; nothing is sent before the first launch.</summary>
    /// <param name="options">Settings that passed <see cref="DockerOptions.Validate"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public DockerBackend(DockerOptions options, TimeProvider time, ILogger<DockerBackend> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _logger = logger;
        _engine = new DockerEngine(options.Host);
        _externals = new ExternalsVolume(_engine, options, time, logger);
        _keys = new SharedLinkKeys(options.SharedSecretFile);
    }

    /// <inheritdoc/>
    public string Name => "docker";

    /// <summary>Whether an engine answers, within two seconds.</summary>
    /// <param name="host">Its address, or <c>null</c>: that of Docker's own socket.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public static async Task<bool> AnswersAsync(string? host, CancellationToken cancellationToken) =>
        await WhySilentAsync(host, cancellationToken) is null;

    /// <summary>Why no engine answers within two seconds, as half a sentence; <c>null</c>: one does.</summary>
    /// <param name="host">Its address, or <c>null</c>: that of Docker's own socket.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public static async Task<string?> WhySilentAsync(string? host, CancellationToken cancellationToken)
    {
        if (host is not null && EngineAddress.WhyNot(host) is { } wrong)
        {
            return wrong;
        }

        using var engine = new DockerEngine(host);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await engine.PingAsync(limit.Token);
            return null;
        }
        catch (InfrastructureException silent)
        {
            return silent.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    /// <inheritdoc/>
    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        launch.RefuseMissingWorkspace();
        var image = launch.Containers.Job?.Image ?? ImageOf(launch);
        await EnsureSweptAsync(cancellationToken);
        await RequireAnswerAsync(cancellationToken);
        if (launch.KeepAs is { } kept)
        {
            await _engine.RemoveAsync(DockerLabels.KeptName(kept), cancellationToken);
        }

        var key = (launch.JobId, launch.Attempt);
        return _handles.GetOrAdd(key, _ => new Lazy<JobLifetime>(() => Start(launch, image, () => _handles.TryRemove(key, out var _)))).Value;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken)
    {
        await EnsureSweptAsync(cancellationToken);
        var adopted = new List<IJobHandle>();
        foreach (var container in await LeftOversAsync(cancellationToken))
        {
            if (DockerLabels.ReadLaunch(container.Labels) is not { } record || DockerClaim.TryTake(record.JobId) is not { } claim)
            {
                continue;
            }

            var key = (record.JobId, record.Attempt);
            var handle = new Lazy<JobLifetime>(() => Watch(record, container.ID, claim, () => _handles.TryRemove(key, out var _)));
            if (_handles.TryAdd(key, handle))
            {
                _logger.DockerJobAdopted(record.JobId, container.ID);
                adopted.Add(handle.Value);
            }
        }

        return adopted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _externals.Dispose();
        _engine.Dispose();
    }

    private JobLifetime Start(JobLaunch launch, string image, Action forget)
    {
        var (key, created) = (_keys.Find(launch.JobId, launch.Attempt) ?? LinkKey.New(), _time.GetUtcNow());
        var outcomeKey = OutcomeProof.NewKey();
        var preparation = new DockerPreparation(_engine, _options, _externals, launch, image, outcomeKey, _time, _logger);
        DockerSite? site = null;
        var containers = ActionsBeside(() => site?.Container ?? string.Empty);
        site = new DockerSite(
            launch,
            OutcomeProof.ChecksOf(outcomeKey),
            _engine,
            token => preparation.RunAsync(key, token),
            (key, new RequestRouter(containers, new ServiceLogs(_engine, launch.JobId), launch.Requests)),
            created,
            _time,
            _logger);
        return new JobLifetime(launch, site, forget, _time, _logger);
    }

    private JobLifetime Watch(LaunchRecord record, string container, IDisposable claim, Action forget)
    {
        var requests = new RequestRouter(ActionsBeside(() => container), new ServiceLogs(_engine, record.JobId), others: null);
        var launch = record.ToLaunch();
        var site = new DockerSite(
            launch,
            record.OutcomeChecks,
            _engine,
            _ => Task.FromResult(container),
            _keys.Find(record.JobId, record.Attempt) is { } key ? (key, requests) : null,
            record.Created,
            _time,
            _logger);
        return new JobLifetime(launch, site, Forget, _time, _logger);

        void Forget()
        {
            forget();
            claim.Dispose();
        }
    }

    private SiblingContainers ActionsBeside(Func<string> job) => new(
        _engine,
        async token => new ContainerPlace(_engine, await _engine.InspectAsync(job(), token)),
        _options.JobSocket,
        _options.AlwaysPull,
        _time);

    private string ImageOf(JobLaunch launch)
    {
        foreach (var label in launch.Labels.Concat(launch.Platform is { } platform ? [platform] : []))
        {
            if (_options.Platforms.FirstOrDefault(pair => pair.Key.Equals(label, StringComparison.OrdinalIgnoreCase)).Value is { } image)
            {
                return image;
            }
        }

        return _options.DefaultImage ?? throw new WorkflowException(
            $"runs-on: no image is known for [{string.Join(", ", launch.Labels)}]; known: {string.Join(", ", _options.Platforms.Keys.Order(StringComparer.Ordinal))}");
    }

    // An engine that was away at the first sweep is swept once it is there.
    private Task EnsureSweptAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_sweep is null or { IsFaulted: true })
            {
                _sweep = SweepAsync();
            }

            return _sweep.WaitAsync(cancellationToken);
        }
    }

    // Before anything of the job is made: whoever launches waits for an engine that is away, and the job does not fail by it.
    private async Task RequireAnswerAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PatienceWithEngine);
        try
        {
            await _engine.PingAsync(limit.Token);
        }
        catch (OperationCanceledException silent) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InfrastructureException(
                string.Create(CultureInfo.InvariantCulture, $"The Docker engine did not answer within {PatienceWithEngine.TotalSeconds:0} s"), silent);
        }
    }

    // A job that can be adopted is left to whoever adopts.
    private async Task SweepAsync()
    {
        var left = await LeftOversAsync(CancellationToken.None);
        var adoptable = left.Select(container => DockerLabels.ReadLaunch(container.Labels)?.JobId.ToString()).ToHashSet();
        foreach (var job in left.Select(container => container.Labels[DockerLabels.Job]).Distinct().Where(job => !adoptable.Contains(job)))
        {
            _logger.DockerLeftOver(job);
            await _engine.RemoveAllAsync($"{DockerLabels.Job}={job}", CancellationToken.None);
        }
    }

    private async Task<List<ContainerListResponse>> LeftOversAsync(CancellationToken cancellationToken)
    {
        var mine = await _engine.ListAsync($"{DockerLabels.Instance}={_options.Instance}", cancellationToken);
        return [.. mine.Where(container => DockerLabels.IsLeftOver(container.Labels) && !DockerLabels.IsKept(container))];
    }
}
