using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Client;

/// <summary>
/// Makes the one error that callers know out of those of the Kubernetes client. Neither requests nor their bodies come along: they hold
/// Secrets.
/// </summary>
internal static class ApiErrors
{
    /// <summary>The error for a failed call, or <c>null</c> where the exception is not the API's or the transport's.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="what">What was tried: <c>create pod x</c>.</param>
    /// <param name="cancellationToken">The caller's token: a cancelled call it did not cancel is a timeout.</param>
    public static InfrastructureException? Translate(Exception exception, string what, CancellationToken cancellationToken) =>
        exception switch
    {
        HttpOperationException http => FromStatus(http, what),
        TimeoutException => new InfrastructureException($"{what}: the API server did not answer in time", exception),
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new InfrastructureException($"{what}: the API server did not answer in time"),
        HttpRequestException or IOException or WebSocketException or SocketException or JsonException or KubernetesException =>
            new InfrastructureException($"{what}: {Causes.Of(exception)}", exception),
        _ => null,
    };

    /// <summary>Whether trying again may help: no answer, too many requests, or the server's own failure.</summary>
    public static bool IsTransient(InfrastructureException error) =>
        error.StatusCode is null or (int)HttpStatusCode.TooManyRequests or >= (int)HttpStatusCode.InternalServerError;

    /// <summary>Whether the API server looked at what was to be made and would not have it: quota, admission, an invalid spec.</summary>
    public static bool IsRefusal(InfrastructureException error) =>
        error.StatusCode is (int)HttpStatusCode.Forbidden or (int)HttpStatusCode.UnprocessableEntity or (int)HttpStatusCode.BadRequest;

    /// <summary>Whether the refusal is of who asks, not of what is asked for: the role lacks a right. The text is that of Kubernetes' own authorizer.</summary>
    public static bool IsLackOfRights(InfrastructureException error) =>
        error.StatusCode == (int)HttpStatusCode.Forbidden && error.Message.Contains(" cannot create resource ", StringComparison.Ordinal);

    public static bool IsNotFound(InfrastructureException error) => error.StatusCode == (int)HttpStatusCode.NotFound;

    /// <summary>Whether what was to be made is there. The status is that of a conflict, too: the reason tells one from the other.</summary>
    public static bool IsAlreadyThere(InfrastructureException error) => error is { StatusCode: (int)HttpStatusCode.Conflict, Reason: "AlreadyExists" };

    /// <summary>Whether somebody else changed what was to be changed, be it the object itself or, as a quota, one that counts it.</summary>
    public static bool IsConflict(InfrastructureException error) => error.StatusCode == (int)HttpStatusCode.Conflict && !IsAlreadyThere(error);

    public static bool IsGone(InfrastructureException error) => error.StatusCode == (int)HttpStatusCode.Gone;

    private static InfrastructureException FromStatus(HttpOperationException exception, string what)
    {
        var status = ReadStatus(exception.Response?.Content);
        var code = exception.Response?.StatusCode ?? 0;
        var message = status?.Message ?? exception.Response?.ReasonPhrase ?? "no explanation";
        return new InfrastructureException(string.Create(CultureInfo.InvariantCulture, $"{what}: {message} (HTTP {(int)code})"))
        {
            StatusCode = (int)code,
            Reason = status?.Reason,
            IsLackOfRoom = code == HttpStatusCode.Forbidden && QuotaRefusal.MayPass(message),
            RetryAfter = RetryAfter(exception.Response)
                ?? (status?.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        };
    }

    private static V1Status? ReadStatus(string? content)
    {
        try
        {
            return string.IsNullOrEmpty(content) ? null : KubernetesJson.Deserialize<V1Status>(content);
        }
        catch (JsonException)
        {
            return null; // a proxy's page, not the API server's word
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessageWrapper? response) =>
        response?.Headers is { } headers
        && headers.TryGetValue("Retry-After", out var values)
        && RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out var header)
            ? header.Delta
            : null;
}
