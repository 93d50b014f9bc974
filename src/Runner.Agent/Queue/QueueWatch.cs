using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Queue;

/// <summary>Keeps the <see cref="QueueBook"/>, and shows it as metrics.</summary>
internal sealed class QueueWatch(
    RunnerQueue runners,
    SetQueue sets,
    QueueBook book,
    AgentMetrics metrics,
    IEnumerable<RunnerPool> pools,
    AgentHealth health,
    QueueOptions options,
    TimeProvider time,
    ILogger<QueueWatch> logger) : BackgroundService
{
    // What another agent has counted should not wait for long to be known here.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly List<string> _pools = [.. pools.Select(pool => pool.Name)];
    private readonly Part _ofRunners = new();
    private readonly Part _ofSets = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (runners.WhyNot is { } why)
        {
            logger.QueueNotCounted(string.Join(", ", runners.PoolNames), why);
        }

        if (!runners.IsUsed && !sets.IsUsed)
        {
            return;
        }

        var loop = health.Watch("queue", pool: null);
        using var timer = new PeriodicTimer(options.Interval < Turn ? options.Interval : Turn, time);
        do
        {
            loop.Turn(isReady: true);
            if (runners.IsUsed)
            {
                await LookAsync(_ofRunners, runners.LookAsync, TimeSpan.Zero, stoppingToken);
            }

            if (sets.IsUsed)
            {
                await LookAsync(_ofSets, async token => await sets.LookAsync(token), options.Interval, stoppingToken);
            }

            _pools.ForEach(pool => metrics.Queue.Show(pool, book.Find(pool)?.Queued, book.Find(pool)?.Wanted));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(Part part, Func<CancellationToken, Task<QueueCounts?>> look, TimeSpan pause, CancellationToken stoppingToken)
    {
        if (time.GetUtcNow() < part.Next)
        {
            return;
        }

        // Nobody waits longer for a count than others do for its agent, and nothing else of the agent hangs by it.
        using var limit = new CancellationTokenSource(RunnerQueue.CountLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            if (await look(both.Token) is { } counts)
            {
                book.Write(counts, QueueRules.Age(options, counts.Calls));
            }

            (part.Next, part.Trouble) = (time.GetUtcNow() + pause, null);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException)
        {
            Fail(part, error.Message, (error as InfrastructureException)?.RetryAfter);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            Fail(part, $"counting took longer than {RunnerQueue.CountLimit.TotalSeconds:0} s, and was given up", pause: null);
        }
    }

    private void Fail(Part part, string why, TimeSpan? pause)
    {
        if (part.Trouble != why)
        {
            part.Trouble = why;
            logger.QueueCountFailed(why);
        }

        part.Next = time.GetUtcNow() + (pause ?? options.Interval);
    }

    private sealed class Part
    {
        public DateTimeOffset Next { get; set; }

        public string? Trouble { get; set; }
    }
}
