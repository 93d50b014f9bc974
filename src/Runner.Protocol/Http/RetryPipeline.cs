using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Jobs.Errors;

namespace Runner.Protocol.Http;

/// <summary>Repeats calls that fail with <see cref="InfrastructureException"/>: exponential pauses with jitter, at least what <c>Retry-After</c> asks.</summary>
public sealed class RetryPipeline
{
    // A service that asks for more does not mean a runner whose job waits.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);
    private static readonly ResiliencePropertyKey<long> Started = new("started");

    private readonly ResiliencePipeline _pipeline;
    private readonly RetryOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A pipeline that tells each repetition to <paramref name="logger"/>.</summary>
    public RetryPipeline(RetryOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _pipeline = options.MaxRetries == 0 ? ResiliencePipeline.Empty : Build(logger);
    }

    /// <summary>Makes a call, and again as often as the options allow; the last failure is thrown as it came.</summary>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Started, _time.GetTimestamp());
            return await _pipeline.ExecuteAsync(
                static async (context, call) => await call(context.CancellationToken), context, call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline Build(ILogger logger) => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is InfrastructureException && IsInTime(arguments.Context)),
            MaxRetryAttempts = _options.MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _options.FirstDelay,
            MaxDelay = _options.MaxDelay,
            DelayGenerator = arguments => ValueTask.FromResult(AskedDelay(arguments.Outcome.Exception)),
            OnRetry = arguments =>
            {
                logger.CallFailed(arguments.Outcome.Exception, arguments.AttemptNumber + 1, arguments.RetryDelay.TotalSeconds);
                return default;
            },
        })
        .Build();

    private bool IsInTime(ResilienceContext context) =>
        _options.MaxTotal is not { } limit
        || _time.GetElapsedTime(context.Properties.GetValue(Started, _time.GetTimestamp())) < limit;

    // Null: the exponential pause. A tenth more than asked for, at random, so that many runners do not come back in one moment.
    private static TimeSpan? AskedDelay(Exception? exception) =>
        exception is InfrastructureException { RetryAfter: { } asked }
            ? (asked < MaxRetryAfter ? asked : MaxRetryAfter) * (1 + (Random.Shared.NextDouble() / 10))
            : null;
}
