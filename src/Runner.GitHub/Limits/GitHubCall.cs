using System.Globalization;
using System.Net.Http.Headers;

namespace Runner.GitHub.Limits;

/// <summary>What an answer of GitHub's REST service says of its limits (documentation, "Rate limits for the REST API").</summary>
/// <param name="Status">Status code.</param>
/// <param name="Resource">Which limit the call counts to: <c>core</c>, <c>search</c>, …; <c>core</c> where the server does not say.</param>
/// <param name="Limit">Calls an hour; <c>null</c>: the server has no limit, or does not tell.</param>
/// <param name="Remaining">Calls left until <paramref name="Reset"/>; <c>null</c> likewise.</param>
/// <param name="Reset">When <paramref name="Remaining"/> is full again; <c>null</c> likewise.</param>
/// <param name="RetryAfter">How long nothing may be asked; <c>null</c>: the server did not refuse for its limits.</param>
public sealed record GitHubCall(int Status, string Resource, int? Limit, int? Remaining, DateTimeOffset? Reset, TimeSpan? RetryAfter)
{
    /// <summary>By which GitHub says when the credentials end.</summary>
    internal const string ExpiryHeader = "GitHub-Authentication-Token-Expiration";

    // What GitHub asks for after its secondary limits when it does not say how long.
    private static readonly TimeSpan SecondaryPause = TimeSpan.FromMinutes(1);

    // A server whose clock is wrong must not stop us for a day.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>From when on the server refuses the credentials; <c>null</c>: it does not say, as of those of an App, or they have no end.</summary>
    public DateTimeOffset? CredentialsExpire { get; init; }

    /// <summary>Whether it was refused for the hourly limit; the other is the one on calls at a time.</summary>
    public bool IsPrimary => Remaining == 0;

    /// <summary>Reads an answer.</summary>
    public static GitHubCall Of(HttpResponseMessage answer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var (limit, remaining, reset) = (Number(answer, "X-RateLimit-Limit"), Number(answer, "X-RateLimit-Remaining"), Number(answer, "X-RateLimit-Reset"));
        DateTimeOffset? full = reset is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(reset.Value) : null;
        return new GitHubCall(
            (int)answer.StatusCode,
            Text(answer, "X-RateLimit-Resource") ?? "core",
            (int?)limit,
            (int?)remaining,
            full,
            PauseOf((int)answer.StatusCode, After(answer.Headers.RetryAfter, now), remaining, full, now))
        {
            CredentialsExpire = Expiry(Text(answer, ExpiryHeader)),
        };
    }

    /// <summary>Reads the header: "2026-12-24 18:00:00 UTC", or with an offset in the place of the zone (documentation, "Token expiration and revocation").</summary>
    internal static DateTimeOffset? Expiry(string? text) =>
        DateTimeOffset.TryParse(
            text?.Replace(" UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end)
            ? end
            : null;

    // A 403 is a refusal for the limits only with one of these signs: else it is about a right.
    private static TimeSpan? PauseOf(int status, TimeSpan? asked, long? remaining, DateTimeOffset? reset, DateTimeOffset now)
    {
        TimeSpan? pause = (status, asked, remaining) switch
        {
            (403 or 429, { } told, _) => told,
            (403 or 429, null, 0) => reset is { } full ? full - now : SecondaryPause,
            (429, null, _) => SecondaryPause,
            _ => null,
        };
        return pause is { } wait ? TimeSpan.FromSeconds(Math.Clamp(wait.TotalSeconds, 1, LongestPause.TotalSeconds)) : null;
    }

    private static TimeSpan? After(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date is { } date ? date - now : null);

    private static string? Text(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static long? Number(HttpResponseMessage answer, string name) =>
        long.TryParse(Text(answer, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue * 4L
            ? number
            : null;
}
