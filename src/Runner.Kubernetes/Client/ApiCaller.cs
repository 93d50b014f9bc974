using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Client;

/// <summary>Makes calls to the API server: the one place that translates their failures and the one layer that tries again.</summary>
internal sealed class ApiCaller(TimeProvider time, ILogger logger)
{
    private const int MaxRetries = 6;

    // A little more than the connection's own limit, for what is read of an answer as it comes.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(75);

    private readonly ResiliencePipeline _pipeline = Build(time, logger, ApiErrors.IsTransient);

    // Two pods that are made at a time may both want to be counted by one quota: the API server asks the second to come again.
    private readonly ResiliencePipeline _creates = Build(time, logger, error => ApiErrors.IsTransient(error) || ApiErrors.IsConflict(error));

    private static ResiliencePipeline Build(TimeProvider time, ILogger logger, Func<InfrastructureException, bool> mayHelp) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle(mayHelp),
            MaxRetryAttempts = MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(10),
            DelayGenerator = static retry => new ValueTask<TimeSpan?>((retry.Outcome.Exception as InfrastructureException)?.RetryAfter),
            OnRetry = retry =>
            {
                logger.ApiCallFailed(
                    retry.Outcome.Exception?.Message ?? string.Empty, retry.AttemptNumber + 1, retry.RetryDelay.TotalSeconds);
                return default;
            },
        })
        .Build();

    /// <summary>Makes a call that may safely be made twice, and again where that may help.</summary>
    /// <exception cref="InfrastructureException">It failed for good.</exception>
    public async Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(async token => await CallOnceAsync(what, call, token), cancellationToken);

    /// <summary>The same for what makes an object, which its name keeps from being made twice.</summary>
    /// <exception cref="InfrastructureException">It failed for good, or the object is there (<see cref="ApiErrors.IsAlreadyThere"/>).</exception>
    public async Task<T> CreateAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await _creates.ExecuteAsync(async token => await CallOnceAsync(what, call, token), cancellationToken);

    /// <summary>Makes a call once.</summary>
    /// <exception cref="InfrastructureException">It failed.</exception>
    public static async Task<T> CallOnceAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken).WaitAsync(AnswerLimit, TimeProvider.System, cancellationToken);
        }
        catch (Exception exception) when (ApiErrors.Translate(exception, what, cancellationToken) is { } error)
        {
            throw error;
        }
    }
}
