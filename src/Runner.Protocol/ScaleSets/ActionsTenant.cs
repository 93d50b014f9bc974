using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;

namespace Runner.Protocol.ScaleSets;

/// <summary>Gets address and token by a registration token (<c>registration.md</c> section 4), and anew a minute before the token ends.</summary>
/// <remarks>Safe for use by several tasks: they share one request.</remarks>
/// <param name="http">Sends.</param>
/// <param name="api">Base of the REST routes, ending in a slash.</param>
/// <param name="configured">The organisation, repository or enterprise.</param>
/// <param name="registrationToken">Makes a registration token.</param>
/// <param name="retry">How calls are repeated; a young registration token may not be known everywhere yet.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where repetitions are told.</param>
public sealed class ActionsTenant(
    HttpClient http,
    Uri api,
    Uri configured,
    Func<CancellationToken, Task<Secret>> registrationToken,
    RetryOptions retry,
    TimeProvider time,
    ILogger<ActionsTenant> logger) : IActionsTenant, IDisposable
{
    private const string Route = "actions/runner-registration";
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // Of a token that does not say when it ends. They were seen to be refused after 17 minutes.
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(5);

    private readonly ServiceTransport _transport = new(http, tokens: null, time);
    private readonly RetryPipeline _retry = new(retry, time, logger);
    private readonly SemaphoreSlim _gate = new(1);
    private Connection? _connection;

    /// <inheritdoc/>
    public async ValueTask<Uri> AddressAsync(CancellationToken cancellationToken) => (await ConnectAsync(cancellationToken)).Address;

    /// <inheritdoc/>
    public async ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => (await ConnectAsync(cancellationToken)).Token;

    /// <inheritdoc/>
    public bool TryDrop(Secret token)
    {
        // Another task may have got the next one already.
        if (Volatile.Read(ref _connection) is { } connection && connection.Token == token)
        {
            Interlocked.CompareExchange(ref _connection, null, connection);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Usable() is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Usable() is { } meanwhile)
            {
                return meanwhile;
            }

            var connection = await _retry.ExecuteAsync(EnterAsync, cancellationToken);
            Volatile.Write(ref _connection, connection);
            return connection;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Connection? Usable() => Volatile.Read(ref _connection) is { } connection && time.GetUtcNow() < connection.UseUntil ? connection : null;

    private async Task<Connection> EnterAsync(CancellationToken cancellationToken)
    {
        var token = await registrationToken(cancellationToken);
        var body = new TenantRequest { Url = configured.AbsoluteUri, RunnerEvent = "register" };
        var call = ServiceCall.Post(api, Route, body, ScaleSetJson.Default.TenantRequest) with
        {
            Configure = request => request.Headers.TryAddWithoutValidation("Authorization", $"RemoteAuth {token.Reveal()}"),
        };
        var reply = await _transport.SendAsync(call, cancellationToken);
        if (!reply.IsSuccess)
        {
            // The token was made a moment ago, so what refuses it may only not know it yet.
            throw reply.Passing("GitHub does not let us administer runners by a registration token that it has just given");
        }

        var answer = reply.Read(ScaleSetJson.Default.TenantResponse);
        if (answer.Token is not { Length: > 0 } admin || ScaleSetReplies.Address(answer.Url?.TrimEnd('/') + "/") is not { } address)
        {
            throw reply.Passing("the answer holds no address, or no token");
        }

        return new Connection(address, new Secret(admin), (EndOf(admin) ?? time.GetUtcNow() + UnknownLife) - Margin);
    }

    // Nothing is verified: the server does that.
    private static DateTimeOffset? EndOf(string jwt)
    {
        try
        {
            if (jwt.Split('.') is not [_, var payload, _])
            {
                return null;
            }

            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.TryGetProperty("exp", out var end) && end.TryGetInt64(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private sealed record Connection(Uri Address, Secret Token, DateTimeOffset UseUntil);
}

/// <summary>Body of <c>runner-registration</c>.</summary>
public sealed record TenantRequest
{
    /// <summary>The organisation, repository or enterprise.</summary>
    public string? Url { get; init; }

    /// <summary><c>register</c>.</summary>
    [JsonPropertyName("runner_event")]
    public string? RunnerEvent { get; init; }
}

/// <summary>Reply of <c>runner-registration</c>.</summary>
public sealed record TenantResponse
{
    /// <summary>Address of the tenant.</summary>
    public string? Url { get; init; }

    /// <summary>Token for it.</summary>
    public string? Token { get; init; }
}
