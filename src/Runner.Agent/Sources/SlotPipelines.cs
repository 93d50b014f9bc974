using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>When a slot tries again (<c>sessions-and-messages.md</c> section 3.3).</summary>
internal sealed class SlotPipelines(SupervisionOptions options, TimeProvider time, ILogger<RunnerSlot> logger)
{
    /// <summary>Failures in a row after which GitHub's runner gives a session up.</summary>
    public const int PollTries = 10;

    private readonly PoolTroubles _troubles = new(time);
    private readonly ConcurrentDictionary<string, ResiliencePipeline> _polls = new(StringComparer.Ordinal);

    /// <summary>For polls of one session: transient failures, a bounded number of times.</summary>
    public ResiliencePipeline Polls(string pool) => _polls.GetOrAdd(pool, name => Build(
        PollTries - 1,
        new PredicateBuilder().Handle<InfrastructureException>(),
        retry => RetryPauses.OfLoop(options, retry.AttemptNumber + 1, retry.Outcome.Exception),
        retry => Log("Polling", retry, name)));

    /// <summary>For the whole turn of a slot, from registration on: for ever, as an outage or a wrong right may be mended at any time.</summary>
    public ResiliencePipeline Turns(string pool, LoopHealth health) => Build(
        int.MaxValue,
        new PredicateBuilder().Handle<InfrastructureException>().Handle<OperatorException>().Handle<ProtocolException>(),
        retry => IsOrdinary(retry.Outcome.Exception) && retry.AttemptNumber == 0
            ? TimeSpan.Zero
            : RetryPauses.OfLoop(options, retry.AttemptNumber + 1, retry.Outcome.Exception),
        retry =>
        {
            if (retry.RetryDelay > TimeSpan.Zero)
            {
                health.Fail(retry.Outcome.Exception?.Message ?? "failed");
            }

            Log(retry, pool);
        });

    private ResiliencePipeline Build(
        int tries,
        PredicateBuilder<object> handled,
        Func<RetryDelayGeneratorArguments<object>, TimeSpan> pause,
        Action<OnRetryArguments<object>> tell) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = handled,
            MaxRetryAttempts = tries,
            DelayGenerator = retry => ValueTask.FromResult<TimeSpan?>(pause(retry)),
            OnRetry = retry =>
            {
                tell(retry);
                return default;
            },
        })
        .Build();

    private void Log(OnRetryArguments<object> retry, string pool)
    {
        switch (retry.Outcome.Exception)
        {
            case { } error when IsOrdinary(error):
                break; // told where it was met
            case InfrastructureException:
                Log("Waiting for a job", retry, pool);
                break;
            case { } error when _troubles.IsNews(pool, "Refusal", Round(retry), out var untold):
                logger.SlotRefused(pool, retry.RetryDelay.TotalSeconds, With(error.Message, untold) ?? string.Empty);
                break;
        }
    }

    private void Log(string what, OnRetryArguments<object> retry, string pool)
    {
        if (_troubles.IsNews(pool, what, Round(retry), out var untold))
        {
            logger.SlotRetries(what, retry.AttemptNumber + 1, pool, retry.RetryDelay.TotalSeconds, With(retry.Outcome.Exception?.Message, untold));
        }
    }

    private TimeSpan Round(OnRetryArguments<object> retry) => retry.RetryDelay > options.RetryPause ? retry.RetryDelay : options.RetryPause;

    private static string? With(string? problem, int untold) =>
        untold == 0 ? problem : string.Create(CultureInfo.InvariantCulture, $"{problem} (and {untold} time(s) more since this was told, in slots of this pool)");

    // Runners that are gone are part of the life of ephemeral runners: the first time in a row the slot just takes a new one.
    private static bool IsOrdinary(Exception? error) =>
        error is ProtocolException refusal && SessionRules.On(refusal.Kind) == SessionDecision.NewRunner;
}
