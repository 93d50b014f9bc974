using System.Globalization;
using System.Net;
using Octokit;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Registration;

/// <summary>Turns Octokit's errors into ours: whose fault it is and what to do. The text never holds a token or an answer's body.</summary>
internal static class GitHubErrors
{
    // What GitHub asks for after its secondary limits when it does not say how long.
    private static readonly TimeSpan SecondaryLimitPause = TimeSpan.FromMinutes(1);

    // Longer than Octokit's own limit; that one does not see every way in which an answer can stall.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a call and translates what it throws. Cancellation by the caller's token passes as it is.</summary>
    public static async Task<T> TranslateAsync<T>(GitHubRest rest, string action, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().WaitAsync(AnswerLimit, rest.Time, cancellationToken);
        }
        catch (Exception error) when (Translate(rest.Endpoint, action, rest.Time, error, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    private static Exception? Translate(
        GitHubEndpoint endpoint, string action, TimeProvider time, Exception error, CancellationToken cancellationToken) => error switch
    {
        RateLimitExceededException limit => Infrastructure(
            $"GitHub's hourly limit of {limit.Limit} calls is used up, {action} has to wait", limit, Wait(limit.Reset - time.GetUtcNow())),
        SecondaryRateLimitExceededException or AbuseException => Infrastructure(
            $"GitHub asks for fewer calls at a time, {action} has to wait",
            (ApiException)error,
            RetryAfter((ApiException)error) ?? SecondaryLimitPause),
        AuthorizationException api => new OperatorException(
            $"GitHub refused the credentials of github.auth ({Status(api)}) when we tried to {action} at {endpoint.Url}: "
            + "the token has expired, was revoked or belongs to another server", api),
        ForbiddenException api => new OperatorException(
            $"GitHub does not allow us to {action} at {endpoint.Url} ({Status(api)}): the credentials of github.auth need {Right(endpoint)}", api),
        NotFoundException api => new OperatorException(
            $"GitHub does not know {endpoint.Url}, or does not show it to these credentials ({Status(api)}, {action}): check github.url, "
            + $"and that the credentials of github.auth have {Right(endpoint)}", api),
        ApiException { StatusCode: HttpStatusCode.TooManyRequests } api => Infrastructure(
            $"GitHub asks for fewer calls at a time, {action} has to wait", api, RetryAfter(api) ?? SecondaryLimitPause),
        ApiException { StatusCode: HttpStatusCode.UnprocessableEntity } api => new OperatorException(
            $"GitHub cannot {action} at {endpoint.Url} as asked ({Status(api)}): {api.Message}", api),
        ApiException api => Infrastructure($"GitHub failed to {action} ({Status(api)})", api, RetryAfter(api)),
        HttpRequestException transport => new InfrastructureException($"{endpoint.ApiBase} cannot be reached to {action}: {Causes.Of(transport)}", transport),
        TimeoutException => new InfrastructureException($"{endpoint.ApiBase} did not answer in time when we tried to {action}", error),
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new InfrastructureException($"{endpoint.ApiBase} did not answer in time when we tried to {action}", error),
        _ => null,
    };

    private static InfrastructureException Infrastructure(string message, ApiException error, TimeSpan? retryAfter) =>
        new(message, error) { StatusCode = (int)error.StatusCode, RetryAfter = retryAfter };

    // In seconds: RateLimitHandler makes it so where it is a date, or where GitHub says it by the hourly limit.
    private static TimeSpan? RetryAfter(ApiException error) =>
        int.TryParse(Header(error, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private static string? Header(ApiException error, string name) =>
        error.HttpResponse?.Headers?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static TimeSpan Wait(TimeSpan wait) => wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);

    private static string Status(ApiException error)
    {
        var id = Header(error, "X-GitHub-Request-Id");
        return id is null ? $"HTTP {(int)error.StatusCode}" : $"HTTP {(int)error.StatusCode}, request {id}";
    }

    private static string Right(GitHubEndpoint endpoint) => endpoint.Scope switch
    {
        GitHubScope.Organization => "the organisation permission 'Self-hosted runners: write' (classic token: scope admin:org)",
        GitHubScope.Repository => "the repository permission 'Administration: write' (classic token: scope repo)",
        _ => "the enterprise permission to manage runners (classic token: scope manage_runners:enterprise)",
    };
}
