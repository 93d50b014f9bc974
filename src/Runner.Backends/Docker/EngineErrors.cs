using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>Makes the one error that callers know out of those of the engine's client.</summary>
internal static class EngineErrors
{
    // More than a busy engine needs to remove a large container. The client's own limit ends with an answer's headers.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);

    /// <summary>Makes a call whose whole answer is due within three minutes; the token cuts it short wherever the engine stands still.</summary>
    /// <param name="what">What is tried: <c>create container x</c>.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <exception cref="InfrastructureException">It failed.</exception>
    public static async Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        return await TranslateAsync(what, call, limit.Token, cancellationToken);
    }

    /// <summary>Makes a call without a result.</summary>
    public static Task CallAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        CallAsync(what, WithResult(call), cancellationToken);

    /// <summary>
    /// Makes a call that may take any time, as it lasts as long as a container, or as what the engine loads, builds or unpacks: the token alone
    /// ends it.
    /// </summary>
    public static Task FollowAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        TranslateAsync(what, WithResult(call), cancellationToken, cancellationToken);

    // The client does not look at its token everywhere that it reads.
    private static async Task<T> TranslateAsync<T>(
        string what, Func<CancellationToken, Task<T>> call, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await call(limited).WaitAsync(limited);
        }
        catch (DockerApiException refusal)
        {
            throw new InfrastructureException($"{what}: {MessageOf(refusal)}", refusal) { StatusCode = (int)refusal.StatusCode };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException or TimeoutException or JsonException or AggregateException)
        {
            // The client wraps what the socket said: "Connection failed." alone helps nobody.
            throw new InfrastructureException($"{what}: {failure.GetBaseException().Message}", failure);
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InfrastructureException($"{what}: the Docker engine did not answer in time", timeout);
        }
    }

    private static Func<CancellationToken, Task<bool>> WithResult(Func<CancellationToken, Task> call) => async token =>
    {
        await call(token);
        return true;
    };

    /// <summary>Whether the engine said that there is no such thing.</summary>
    public static bool IsNotFound(InfrastructureException error) => error.StatusCode == 404;

    /// <summary>Whether the engine itself failed, or was not reached; else it refused what was asked for.</summary>
    public static bool IsOfEngine(InfrastructureException error) => error.StatusCode is null or >= 500;

    private static string MessageOf(DockerApiException refusal)
    {
        try
        {
            using var body = JsonDocument.Parse(refusal.ResponseBody ?? string.Empty);
            return body.RootElement.GetProperty("message").GetString() ?? refusal.Message;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return refusal.Message; // a proxy's page, not the engine's word
        }
    }
}
