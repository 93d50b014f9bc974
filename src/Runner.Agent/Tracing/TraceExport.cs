using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Jobs;
using Runner.Protocol.Traces;

namespace Runner.Agent.Tracing;

/// <summary>Tells the collector of jobs that are over, one after the other beside everything else; where it does not keep up, jobs are left out.</summary>
internal sealed class TraceExport(TraceTargets targets, TraceClient client, TimeProvider time, ILogger<TraceExport> logger) : BackgroundService
{
    private const int MostWaiting = 1000;

    // A collector that is away takes nobody's time but this loop's, and is told of once in a while.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<JobView> _waiting = Channel.CreateBounded<JobView>(MostWaiting);
    private long? _told;

    /// <summary>A job is over. Returns at once.</summary>
    public void Ended(JobView job)
    {
        if (!_waiting.Writer.TryWrite(job))
        {
            Tell($"{MostWaiting} jobs wait to be told");
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Hosted services stop in the reverse order of their start: the jobs are over.
        _waiting.Writer.TryComplete();
        if (ExecuteTask is { } loop)
        {
            await Task.WhenAny(loop, Task.Delay(LastLimit, time, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            await SendAsync(job, stoppingToken);
        }
    }

    private async Task SendAsync(JobView job, CancellationToken cancellationToken)
    {
        try
        {
            if (Guid.TryParse(job.Id, out var id) && targets.Of(new JobId(id)) is { } target && JobSpans.Of(job) is { IsEmpty: false } spans)
            {
                await client.SendAsync(target, spans, CallLimit, cancellationToken);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever is wrong with a trace or its collector, the agent has jobs to look after.
            Tell(error.Message);
        }
    }

    private void Tell(string detail)
    {
        if (_told is null || time.GetElapsedTime(_told.Value) >= TellAgain)
        {
            _told = time.GetTimestamp();
            logger.TracesNotTaken(detail);
        }
    }
}
