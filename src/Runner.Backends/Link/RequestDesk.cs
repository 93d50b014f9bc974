using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Backends.Link;

/// <summary>Takes up a job's requests as they are made, each once.</summary>
/// <param name="jobId">The job.</param>
/// <param name="key">The job's <see cref="LinkKey"/>.</param>
/// <param name="open">Opens a stream to its worker.</param>
/// <param name="handler">Does what is asked for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
public sealed class RequestDesk(
    JobId jobId, Secret key, Func<CancellationToken, Task<Stream>> open, IWorkerRequestHandler handler, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private readonly Dictionary<string, Task> _sessions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _letGo = new();
    private readonly Lock _gate = new();
    private bool _isOver;
    private bool _isLetGo;
    private Task? _ending;

    /// <summary>A request was made; one that is known already is not taken up again, nor one that the worker did not make.</summary>
    public void Take(RequestMadeEvent made)
    {
        if (!LinkKey.IsProven(key, made))
        {
            return; // a step's doing: it costs no more than this
        }

        lock (_gate)
        {
            if (!_isOver && !_sessions.ContainsKey(made.RequestId))
            {
                _sessions.Add(made.RequestId, RunAsync(made));
            }
        }
    }

    /// <summary>
    /// The job is let go of: its streams end, so that nothing more is told from here. What is being done for it goes on, as far as it can
    /// without this process, for the successor to take up; stopped, it would be asked for again.
    /// </summary>
    public void LetGo()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = _isLetGo = true;
        }

        _letGo.Cancel();
    }

    /// <summary>
    /// The job is over: what is still being done for it is stopped. Of one that was let go of nothing is; its streams are closed when this
    /// returns.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task ending;
        lock (_gate)
        {
            _isOver = true;
            ending = _ending ??= EndAsync([.. _sessions.Values]);
        }

        await ending;
    }

    private async Task EndAsync(Task[] sessions)
    {
        await Task.Yield(); // out of the lock
        if (!_isLetGo)
        {
            await _over.CancelAsync();
        }

        await Task.WhenAll(sessions);
    }

    private async Task RunAsync(RequestMadeEvent made)
    {
        await Task.Yield(); // whoever reads events goes on
        if (await new RequestSession(jobId, made.RequestId, key, open, handler, time).RunAsync(_over.Token, _letGo.Token) is { } failure)
        {
            logger.RequestGivenUp(jobId, made.RequestId, made.Kind, failure.Message);
        }
    }
}
