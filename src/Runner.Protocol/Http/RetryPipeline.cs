using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Jobs.Errors;

namespace Runner.Protocol.Http;

/// <summary>Repeats calls that fail with <see cref="InfrastructureException"/>: exponential pauses with jitter, at least what <c>Retry-After</c> asks.</summary>
/// <remarks>
/// The first try is made outside of Polly's pipeline, which learns of its failure: in a native worker, Polly's reflection and generic virtual calls cost
/// a fifth of the time from the start to the first step, and most calls never need it.
/// </remarks>
public sealed class RetryPipeline
{
    // A service that asks for more does not mean a runner whose job waits.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);
    private static readonly ResiliencePropertyKey<long> Started = new("started");

    private readonly Lazy<ResiliencePipeline> _pipeline;
    private readonly RetryOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A pipeline that tells each repetition to <paramref name="logger"/>.</summary>
    public RetryPipeline(RetryOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _pipeline = new Lazy<ResiliencePipeline>(() => Build(logger));
    }

    /// <summary>Makes a call, and again as often as the options allow; the last failure is thrown as it came.</summary>
    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        var started = _time.GetTimestamp();
        try
        {
            return await call(cancellationToken);
        }
        catch (InfrastructureException failure) when (_options.MaxRetries > 0)
        {
            return await RepeatAsync(new Tries<T>(call, ExceptionDispatchInfo.Capture(failure)), started, cancellationToken);
        }
    }

    private async Task<T> RepeatAsync<T>(Tries<T> tries, long started, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Started, started);
            return await _pipeline.Value.ExecuteAsync(static async (context, tries) => await tries.NextAsync(context.CancellationToken), context, tries);
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

    // A call whose first try was made.
    private sealed class Tries<T>(Func<CancellationToken, Task<T>> call, ExceptionDispatchInfo first)
    {
        private ExceptionDispatchInfo? _known = first;

        public Task<T> NextAsync(CancellationToken cancellationToken)
        {
            Interlocked.Exchange(ref _known, null)?.Throw();
            return call(cancellationToken);
        }
    }
}
