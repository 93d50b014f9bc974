using System.Globalization;
using System.Net;

namespace Runner.GitHub.Limits;

/// <summary>
/// Keeps GitHub's limits for all callers: once one of them was told to wait, nothing is sent until then, and the others are told the same. Calls
/// into a limit count against it, and may have the credentials banned.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="observe">Is told of each answer.</param>
public sealed class RateLimitHandler(TimeProvider time, Action<GitHubCall> observe) : DelegatingHandler
{
    private const int MaxRefusal = 64 * 1024;

    // What GitHub asks for where it does not say how long.
    private static readonly TimeSpan SecondaryPause = TimeSpan.FromMinutes(1);

    private long _closedUntil;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var wait = new DateTimeOffset(Volatile.Read(ref _closedUntil), TimeSpan.Zero) - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            return Refusal(request, wait);
        }

        var answer = await base.SendAsync(request, cancellationToken);
        var now = time.GetUtcNow();
        var call = GitHubCall.Of(answer, now);
        if (call is { Status: 403, RetryAfter: null } && await IsSecondaryAsync(answer, cancellationToken))
        {
            call = call with { RetryAfter = SecondaryPause };
        }

        observe(call);
        if (call.RetryAfter is { } pause)
        {
            // Whoever reads the answer goes by this header alone.
            answer.Headers.Remove("Retry-After");
            answer.Headers.TryAddWithoutValidation("Retry-After", Seconds(pause));
            CloseUntil((now + pause).UtcTicks);
        }

        return answer;
    }

    // A late answer of a call that was under way may ask for less than one before it.
    private void CloseUntil(long end)
    {
        for (var known = Volatile.Read(ref _closedUntil); known < end;)
        {
            var seen = Interlocked.CompareExchange(ref _closedUntil, end, known);
            known = seen == known ? end : seen;
        }
    }

    // The one refusal for limits that no header tells from a refusal for rights.
    private static async Task<bool> IsSecondaryAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(MaxRefusal, cancellationToken);
        return (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("secondary rate limit", StringComparison.OrdinalIgnoreCase);
    }

    // As GitHub itself would have said it.
    private static HttpResponseMessage Refusal(HttpRequestMessage request, TimeSpan wait)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            RequestMessage = request,
            Content = new StringContent("""{"message":"The runner keeps a limit that GitHub asked for: nothing was sent"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        answer.Headers.TryAddWithoutValidation("Retry-After", Seconds(wait));
        return answer;
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
