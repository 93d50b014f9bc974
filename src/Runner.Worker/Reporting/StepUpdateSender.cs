using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Jobs;
using Runner.Protocol.Http;
using Runner.Worker.Logging;

namespace Runner.Worker.Reporting;

/// <summary>Sends the states of steps: gathered for a moment, the last at once.</summary>
/// <remarks>
/// A step's end and the next one's start are one request, and so are all states of a job that is over in a moment. Each state is whole, so only the newest of
/// a step counts. Each try has a number of its own (<c>change_order</c>): one that was taken though its answer was lost must not make the service ignore a
/// newer state under the same number.
/// </remarks>
internal sealed class StepUpdateSender(
    IReportService service, RetryPipeline retry, ReportingOptions options, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StepId, StepRecord> _changed = [];
    private readonly AsyncSignal _signal = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _changeOrder;
    private int _refusals;

    /// <summary>A step has a new state. Returns at once.</summary>
    public void Change(StepRecord record)
    {
        lock (_lock)
        {
            _changed[record.Id] = record;
        }

        _signal.Set();
    }

    /// <summary>No further state comes.</summary>
    public void End()
    {
        _ended.TrySetResult();
        _signal.Set();
    }

    /// <summary>Sends states until the end.</summary>
    /// <returns>Whether all of them are at GitHub.</returns>
    public async Task<bool> RunAsync(CancellationToken giveUp)
    {
        try
        {
            var half = options.StepUpdateInterval / 2;
            while (true)
            {
                await _signal.WaitAsync(Timeout.InfiniteTimeSpan, time, giveUp);
                await PauseAsync(half, giveUp);
                var isEnded = _ended.Task.IsCompleted; // looked at first: what came before the end is in the batch
                var batch = new Dictionary<StepId, StepRecord>();
                MergeChanges(batch);
                if (batch.Count > 0)
                {
                    await SendAsync(batch, giveUp);
                }

                if (isEnded)
                {
                    return true;
                }

                await PauseAsync(half, giveUp);
            }
        }
        catch (Exception exception) when (exception is InfrastructureException or ProtocolException or OperationCanceledException)
        {
            // The completion of the job brings all steps once more.
            logger.StepUpdatesIncomplete(exception is OperationCanceledException ? null : exception);
            return false;
        }
    }

    private Task<bool> SendAsync(Dictionary<StepId, StepRecord> batch, CancellationToken giveUp) => retry.ExecuteAsync(
        async token =>
        {
            MergeChanges(batch);
            try
            {
                await service.UpdateStepsAsync([.. batch.Values.OrderBy(record => record.Number)], ++_changeOrder, token);
                _refusals = 0;
                return true;
            }
            catch (ProtocolException refusal) when (++_refusals < options.MaxRefusals)
            {
                throw new InfrastructureException(refusal.Message, refusal);
            }
        },
        giveUp);

    private void MergeChanges(Dictionary<StepId, StepRecord> batch)
    {
        lock (_lock)
        {
            foreach (var (id, record) in _changed)
            {
                batch[id] = record;
            }

            _changed.Clear();
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken giveUp)
    {
        try
        {
            await _ended.Task.WaitAsync(pause, time, giveUp);
        }
        catch (TimeoutException)
        {
            // The pause is over; the end of the job would have cut it short.
        }
    }
}
