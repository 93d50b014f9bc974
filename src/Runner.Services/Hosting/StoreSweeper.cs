using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;

namespace Runner.Services.Hosting;

/// <summary>Looks now and then at all that a bucket keeps: what is over goes, and what other servers did is known. Each server does so; doing it twice changes nothing.</summary>
internal sealed class StoreSweeper(ServedStores stores, TimeProvider time, ILogger<StoreSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var turns = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await stores.SweepAsync(stoppingToken);
            }
            catch (InfrastructureException error)
            {
                logger.SweepFailed(error.Message); // the next turn does it
            }
        }
        while (await turns.WaitForNextTickAsync(stoppingToken));
    }
}
