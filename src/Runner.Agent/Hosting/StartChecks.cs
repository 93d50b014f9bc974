using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Checks;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;

namespace Runner.Agent.Hosting;

/// <summary>
/// Makes the checks of <c>runner doctor</c> on GitHub at the agent's start, and again until none fails: until then it is not ready, and says why. What
/// goes wrong later its loops tell. The cluster's checks are <see cref="ClusterWatch"/>'s.
/// </summary>
internal sealed class StartChecks(GitHubChecks checks, AgentHealth health, SupervisionOptions options, TimeProvider time, ILogger<StartChecks> logger) : BackgroundService
{
    private const string Obstacle = "github";

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        health.Obstruct(Obstacle, "not checked yet");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loop = health.Watch("checks of GitHub", pool: null);
        for (var failures = 1; ; failures++)
        {
            loop.Turn(isReady: true);
            var (obstacle, warnings) = await LookAsync(stoppingToken);
            foreach (var warning in failures == 1 || obstacle is null ? warnings : [])
            {
                logger.CheckWarned(warning.Name, warning.Text, warning.Fix ?? string.Empty);
            }

            health.Obstruct(Obstacle, obstacle);
            loop.Park();
            if (obstacle is null)
            {
                return;
            }

            var pause = RetryPauses.OfLoop(options, failures, error: null);
            logger.CheckFailed(obstacle, pause.TotalSeconds);
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task<(string? Obstacle, IReadOnlyList<CheckResult> Warnings)> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var results = await checks.RunAsync(cancellationToken);
            var failed = results.Where(result => result.State == CheckState.Failed).Select(result => $"{result.Name}: {result.Text}; {result.Fix}").ToList();
            return (failed.Count == 0 ? null : string.Join(" | ", failed), [.. results.Where(result => result.State == CheckState.Warning)]);
        }
        catch (OperatorException error)
        {
            return (error.Message, []); // a file that cannot be read any more
        }
    }
}
