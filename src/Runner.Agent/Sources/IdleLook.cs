using Microsoft.Extensions.Logging;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>
/// Looks a runner that waits for long up at GitHub now and then. The registration of an ephemeral runner goes with the job it is assigned:
/// where that job never reached us, its session goes on as if nothing were, and never brings another.
/// </summary>
/// <param name="order">Where to look.</param>
/// <param name="registration">The runner.</param>
/// <param name="interval">Pause between two looks.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class IdleLook(IRunnerOrder order, RunnerRegistration registration, TimeSpan interval, TimeProvider time, ILogger logger)
{
    // All slots together make no more than ten looks a minute: GitHub gives a token 5,000 calls an hour.
    private static readonly TimeSpan LeastForEachSlot = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _interval = interval * (1 + (Random.Shared.NextDouble() / 5)); // slots that began together do not look together
    private long _last = time.GetTimestamp();
    private bool _isSuspect;

    /// <summary>The pause between two looks of one slot.</summary>
    /// <param name="asked">As the settings say.</param>
    /// <param name="slots">How many slots look.</param>
    public static TimeSpan Interval(TimeSpan asked, int slots) => TimeSpan.FromTicks(Math.Max(asked.Ticks, (LeastForEachSlot * slots).Ticks));

    /// <summary>
    /// To be asked after a poll that brought no job. True where the runner can get none any more: two looks, with an empty poll between
    /// them, since a job may be on its way during the first.
    /// </summary>
    public async Task<bool> IsUsedUpAsync(CancellationToken cancellationToken)
    {
        if (!_isSuspect && time.GetElapsedTime(_last) < _interval)
        {
            return false;
        }

        _last = time.GetTimestamp();
        try
        {
            var isSuspect = !await order.IsWaitingAsync(registration, cancellationToken);
            (var wasSuspect, _isSuspect) = (_isSuspect, isSuspect);
            return wasSuspect && isSuspect;
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException)
        {
            logger.IdleLookFailed(registration.Name, error.Message);
            return false;
        }
    }
}
