using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;

namespace Runner.Backends;

/// <summary>The one life of a launched job, wherever it runs: started once, ended once, cancelled once, and then let go or removed.</summary>
/// <remarks>
/// A cancel asks the worker, asks again until it surely heard (a container's first process loses a signal that comes before it listens), and
/// kills what runs when the grace is over, until nothing does. It stops by itself when the job ends or is no longer held here.
/// </remarks>
public sealed class JobLifetime : IJobHandle
{
    private static readonly TimeSpan AskAgainPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillAgainPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(60);

    private readonly IJobSite _site;
    private readonly Action _forget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<LaunchTimes> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _settled = new();
    private readonly CancellationTokenSource _unheld = new();
    private readonly Lock _gate = new();
    private readonly Task _running;
    private bool _isReleased;
    private bool _isRemoved;
    private Task _cancelling = Task.CompletedTask;

    /// <summary>Begins it.</summary>
    /// <param name="launch">What was launched, or, of an adopted job, what could be read back.</param>
    /// <param name="site">Where it runs; ends with the life.</param>
    /// <param name="forget">Called once, when the job is let go or removed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public JobLifetime(JobLaunch launch, IJobSite site, Action forget, TimeProvider time, ILogger logger)
    {
        Launch = launch;
        _site = site;
        _forget = forget;
        _time = time;
        _logger = logger;
        _running = RunAsync();
    }

    /// <inheritdoc/>
    public JobId JobId => Launch.JobId;

    /// <inheritdoc/>
    public JobLaunch Launch { get; private set; }

    /// <inheritdoc/>
    public string Location => _site.Location;

    /// <inheritdoc/>
    public Task<LaunchTimes> Started => _started.Task;

    /// <inheritdoc/>
    public Task<JobEnd> Ended => _ended.Task;

    /// <inheritdoc/>
    public IAsyncEnumerable<WorkerEvent> Events => _site.Events;

    /// <summary>Whether the worker ever ran.</summary>
    public bool HasStarted => _started.Task.IsCompletedSuccessfully;

    /// <summary>How long the worker was given when the job was cancelled; <c>null</c>: it was not.</summary>
    public TimeSpan? Grace { get; private set; }

    /// <summary>The same once it is over and the worker is killed.</summary>
    public TimeSpan? GraceThatPassed { get; private set; }

    /// <summary>Fires when the job is over, or no longer held here: nothing needs to be told to its worker any more.</summary>
    public CancellationToken Settled => _settled.Token;

    /// <summary>The worker runs. The first time counts; gives whether this was it.</summary>
    public bool MarkStarted(LaunchTimes times) => _started.TrySetResult(times);

    /// <inheritdoc/>
    /// <exception cref="InfrastructureException">The worker could not be asked; the caller may try again.</exception>
    public async Task CancelAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Grace is not null || _isReleased || _isRemoved || Ended.IsCompleted)
            {
                return;
            }

            Grace = grace;
        }

        var start = _time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _settled.Token);
        try
        {
            var isHeard = await _site.AskToCancelAsync(grace, earlierTries: 0, stop.Token);
            _cancelling = SeeToEndAsync(grace, start, isHeard, _settled.Token);
        }
        catch (OperationCanceledException) when (_settled.IsCancellationRequested)
        {
            return; // it ended, or is another's by now
        }
        catch
        {
            Grace = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public void ForgetWork() => Launch = Launch.WithoutWork();

    /// <inheritdoc/>
    public void Release()
    {
        lock (_gate)
        {
            if (_isReleased || _isRemoved)
            {
                return;
            }

            _isReleased = true;
        }

        _site.LetGo();
        _forget(); // before anybody is woken: who then launches or adopts the job must not find this life
        _started.TrySetCanceled();
        _ended.TrySetCanceled();
        _settled.Cancel();
        _unheld.Cancel();
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken) =>
        HasStarted && !Ended.IsCompleted ? _site.OpenLogAsync(follows, last, cancellationToken) : Task.FromResult<Stream?>(null);

    /// <inheritdoc/>
    public Task<string?> KeepAsync(CancellationToken cancellationToken) =>
        Ended.IsCompleted ? _site.KeepAsync(cancellationToken) : Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bool isHeld;
        lock (_gate)
        {
            if (_isRemoved)
            {
                return;
            }

            _isRemoved = true;
            isHeld = !_isReleased;
        }

        try
        {
            if (isHeld)
            {
                await _settled.CancelAsync();
                await RemoveAsync();
            }
        }
        finally
        {
            await _unheld.CancelAsync();
            if (isHeld)
            {
                _forget();
            }

            await Task.WhenAll(_cancelling, _running);
            await _site.DisposeAsync();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            _ended.TrySetResult(await _site.RunAsync(this, _unheld.Token));
        }
        catch (OperationCanceledException) when (_unheld.IsCancellationRequested)
        {
            _ended.TrySetResult(new JobEnd
            {
                Failure = FailureReason.Deleted,
                Message = "The job was stopped",
                WorkerStarted = HasStarted,
                Times = HasStarted ? await _started.Task : new LaunchTimes { MessageSeen = Launch.MessageSeen },
            });
        }
        catch (Exception bug)
        {
            _ended.TrySetException(bug); // whoever waits for the end sees it
        }
        finally
        {
            _started.TrySetCanceled();
            await _settled.CancelAsync();
        }
    }

    private async Task SeeToEndAsync(TimeSpan grace, long start, bool isHeard, CancellationToken settled)
    {
        try
        {
            for (var tries = 1; !isHeard && Left() > AskAgainPause; tries++)
            {
                await Task.Delay(AskAgainPause, _time, settled);
                isHeard = await AskAgainAsync(grace, tries, settled);
            }

            await Task.Delay(Left(), _time, settled);
            GraceThatPassed = grace;
            _logger.JobKilled(JobId, Location, grace.TotalSeconds);
            while (true)
            {
                await KillAsync(settled);
                await Task.Delay(KillAgainPause, _time, settled);
            }
        }
        catch (OperationCanceledException) when (settled.IsCancellationRequested)
        {
            return; // it ended
        }

        TimeSpan Left() => TimeSpan.FromTicks(Math.Max(0, (grace - _time.GetElapsedTime(start)).Ticks));
    }

    // Whatever goes wrong with one try: a job that was cancelled must end, so there is another one.
    private async Task<bool> AskAgainAsync(TimeSpan grace, int earlierTries, CancellationToken settled)
    {
        try
        {
            return await _site.AskToCancelAsync(grace, earlierTries, settled);
        }
        catch (Exception failure) when (!settled.IsCancellationRequested)
        {
            _logger.JobNotAsked(JobId, Location, failure.Message);
            return false;
        }
    }

    private async Task KillAsync(CancellationToken settled)
    {
        try
        {
            await _site.KillAsync(settled);
        }
        catch (Exception failure) when (!settled.IsCancellationRequested)
        {
            _logger.JobNotKilled(JobId, Location, failure.Message);
        }
    }

    // The caller's own token may be the reason why it disposes, so this takes one of its own.
    private async Task RemoveAsync()
    {
        using var limit = new CancellationTokenSource(RemovalLimit, _time);
        try
        {
            await _site.RemoveAsync(this, limit.Token);
        }
        catch (Exception failure) when (failure is InfrastructureException or OperationCanceledException)
        {
            _logger.JobNotRemoved(JobId, Location, failure.Message);
        }
    }
}
