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
        observe(call);
        if (call.RetryAfter is { } pause)
        {
            // Whoever reads the answer goes by this header alone.
            answer.Headers.Remove("Retry-After");
            answer.Headers.TryAddWithoutValidation("Retry-After", Seconds(pause));
            Volatile.Write(ref _closedUntil, (now + pause).UtcTicks);
        }

        return answer;
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
