using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>Makes the one error that callers know out of those of the engine's client.</summary>
internal static class EngineErrors
{
    /// <summary>Makes a call.</summary>
    /// <param name="what">What is tried: <c>create container x</c>.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <exception cref="InfrastructureException">It failed.</exception>
    public static async Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
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

    /// <summary>Makes a call without a result.</summary>
    public static Task CallAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken) => CallAsync(
        what,
        async token =>
        {
            await call(token);
            return true;
        },
        cancellationToken);

    /// <summary>Whether the engine said that there is no such thing.</summary>
    public static bool IsNotFound(InfrastructureException error) => error.StatusCode == 404;

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
