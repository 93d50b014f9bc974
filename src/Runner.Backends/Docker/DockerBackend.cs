using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>
/// Runs each job in a container of its own, by any engine that speaks Docker's API: the worker is copied in, so the image may be anything,
/// and services are on a network of the job's own, by their names.
/// </summary>
/// <remarks>
/// What a launcher that crashed left behind is removed by the next launcher of the same instance. A job ends with its launcher: the
/// payload is nowhere but in the worker, so a successor could not speak for it.
/// </remarks>
public sealed class DockerBackend : IJobBackend, IDisposable
{
    private readonly DockerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DockerEngine _engine;
    private readonly ConcurrentDictionary<(JobId Job, int Attempt), Lazy<DockerJobHandle>> _handles = new();
    private readonly Lazy<Task> _sweep;

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
        _engine = new DockerEngine(options);
        _sweep = new Lazy<Task>(SweepAsync);
    }

    /// <inheritdoc/>
    public string Name => "docker";

    /// <inheritdoc/>
    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        var image = launch.Containers.Job?.Image ?? ImageOf(launch);
        await _sweep.Value.WaitAsync(cancellationToken);
        var key = (launch.JobId, launch.Attempt);
        return _handles.GetOrAdd(key, _ => new Lazy<DockerJobHandle>(() => new DockerJobHandle(
            launch,
            _engine,
            new DockerPreparation(_engine, _options, launch, image, _time, _logger),
            () => _handles.TryRemove(key, out var _),
            _time,
            _logger))).Value;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken)
    {
        await _sweep.Value.WaitAsync(cancellationToken);
        return [];
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

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

    private async Task SweepAsync()
    {
        var mine = await _engine.ListAsync($"{DockerLabels.Instance}={_options.Instance}", CancellationToken.None);
        foreach (var job in mine.Where(container => DockerLabels.IsLeftOver(container.Labels)).Select(container => container.Labels[DockerLabels.Job]).Distinct())
        {
            _logger.DockerLeftOver(job);
            await _engine.RemoveAllAsync($"{DockerLabels.Job}={job}", CancellationToken.None);
        }
    }
}
