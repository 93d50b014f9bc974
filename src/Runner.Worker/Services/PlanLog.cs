using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Protocol.Tenant;
using Runner.Worker.Logging;
using Runner.Worker.Reporting;

namespace Runner.Worker.Services;

/// <summary>One log of a plan (V1): made, added to page by page, and named by its record.</summary>
/// <remarks>
/// A page whose answer was lost may be in the log, and nothing tells. So a new log is made, the spool is sent again from its start, and the
/// record then names that one: what it does not name, nobody sees.
/// </remarks>
internal sealed class PlanLog(PlanClient plan, JobId job, StepId? step, LogSpool spool, ReportingOptions options, ILogger logger) : ILogBlocks
{
    private readonly Guid _record = step?.Value ?? job.Value;
    private int? _log;
    private bool _isNamed;
    private bool _isUncertain;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool IsClosed { get; private set; }

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask; // a plan's log stands in the tenant itself

    /// <inheritdoc/>
    public async Task SendBlockAsync(long target, bool isLast, CancellationToken cancellationToken)
    {
        if (_isUncertain)
        {
            logger.LogRestarted(step?.ToString() ?? "the job", "a page had no answer");
            (_log, Position, _isNamed, _isUncertain) = (null, 0, false, false);
        }

        var log = _log ??= await plan.CreateLogAsync(_record, cancellationToken);
        if ((int)Math.Min(options.MaxBlockBytes, target - Position) is > 0 and var length)
        {
            await AppendAsync(log, length, cancellationToken);
        }

        if (!_isNamed)
        {
            await plan.UpdateRecordsAsync(
                [new TimelineRecord { Id = _record, ParentId = step is null ? null : job.Value, Log = new TaskLogReference(log) }], cancellationToken);
            _isNamed = true;
        }

        IsClosed = isLast && Position == target;
    }

    /// <inheritdoc/>
    public Task FinishAsync(CancellationToken cancellationToken) => Task.CompletedTask; // its record has named it

    private async Task AppendAsync(int log, int length, CancellationToken cancellationToken)
    {
        try
        {
            await plan.AppendLogAsync(log, () => spool.Read(Position, length), cancellationToken);
            Position += length;
        }
        catch (InfrastructureException failure)
        {
            _isUncertain = failure.StatusCode is not (>= 400 and < 500); // refused is not done
            throw;
        }
        catch (OperationCanceledException)
        {
            _isUncertain = true;
            throw;
        }
    }
}
