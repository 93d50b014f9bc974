using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;

namespace Runner.Protocol.OAuth;

/// <summary>Gives a runner's access token: asks for one by a client assertion and keeps it until shortly before it expires.</summary>
/// <remarks><c>registration.md</c> section 9. Safe for use by several tasks: they share one request.</remarks>
public sealed class OAuthTokenClient : ITokenSource, IDisposable
{
    private const string ClockSkewText = "Current server time is";
    private static readonly TimeSpan MaxMargin = TimeSpan.FromMinutes(1);

    private readonly CredentialData _credentials;
    private readonly RsaKey _key;
    private readonly TimeProvider _time;
    private readonly ServiceTransport _transport;
    private readonly RetryPipeline _retry;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private CachedToken? _cached;
    private TimeSpan _clockLead;

    /// <summary>A client for one runner.</summary>
    public OAuthTokenClient(HttpClient http, JitConfig config, RetryOptions retry, TimeProvider time, ILogger<OAuthTokenClient> logger)
    {
        ArgumentNullException.ThrowIfNull(config);
        _credentials = config.Credentials.Data;
        _key = config.Key;
        _time = time;
        _logger = logger;
        _transport = new ServiceTransport(http, tokens: null, time);
        _retry = new RetryPipeline(retry, time, logger);
    }

    /// <inheritdoc/>
    public async ValueTask<Secret> GetAsync(CancellationToken cancellationToken)
    {
        if (Usable() is { } token)
        {
            return token;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Usable() is { } fetchedMeanwhile)
            {
                return fetchedMeanwhile;
            }

            var fetched = await _retry.ExecuteAsync(FetchAsync, cancellationToken);
            lock (_lock)
            {
                _cached = fetched;
            }

            return fetched.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public bool TryDrop(Secret token)
    {
        lock (_lock)
        {
            // Another task may have dropped it and fetched the next one already.
            _cached = _cached?.Token == token ? null : _cached;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private Secret? Usable()
    {
        lock (_lock)
        {
            return _cached is { } cached && _time.GetUtcNow() < cached.UseUntil ? cached.Token : null;
        }
    }

    private async Task<CachedToken> FetchAsync(CancellationToken cancellationToken)
    {
        // The second address, where there is one, replaces the first, and is then also the audience (section 9.3).
        var (endpoint, audience) = string.IsNullOrEmpty(_credentials.AuthorizationUrlV2)
            ? (string.IsNullOrEmpty(_credentials.OAuthEndpointUrl) ? _credentials.AuthorizationUrl : _credentials.OAuthEndpointUrl, _credentials.AuthorizationUrl)
            : (_credentials.AuthorizationUrlV2, _credentials.AuthorizationUrlV2);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
        {
            throw new ProtocolException(ProtocolErrorKind.BadReply, "The runner's credentials have no usable authorizationUrl");
        }

        var asked = _time.GetUtcNow();
        var reply = await AskAsync(address, audience, asked, cancellationToken);
        if (Failure(reply) is ProtocolException { Kind: ProtocolErrorKind.ClockSkew } && reply.ClockLead != _clockLead)
        {
            // The server's clock is the one that counts here, and it has just told the time.
            _clockLead = reply.ClockLead;
            _logger.ClockDiffers(address.Host, reply.ClockLead.TotalSeconds);
            reply = await AskAsync(address, audience, asked, cancellationToken);
        }

        if (Failure(reply) is { } failure)
        {
            throw failure;
        }

        var body = reply.Read(OAuthJson.Default.OAuthTokenResponse);
        if (string.IsNullOrEmpty(body.AccessToken))
        {
            throw reply.Passing("the answer holds no access_token");
        }

        var life = TimeSpan.FromSeconds(Math.Max(0, body.ExpiresIn));
        var margin = life / 10 < MaxMargin ? life / 10 : MaxMargin;
        return new CachedToken(new Secret(body.AccessToken), asked + life - margin);
    }

    private Task<ServiceReply> AskAsync(Uri address, string audience, DateTimeOffset now, CancellationToken cancellationToken) => _transport.SendAsync(
        new ServiceCall(HttpMethod.Post, address, "token") { Content = () => Form(Assertion(audience, now - _clockLead)) }, cancellationToken);

    private string Assertion(string audience, DateTimeOffset now)
    {
        try
        {
            return ClientAssertion.Create(_credentials.ClientId, audience, _key, _credentials.RequireFipsCryptography, now);
        }
        catch (CryptographicException exception)
        {
            throw new ProtocolException(ProtocolErrorKind.BadReply, "The runner's private key cannot sign", exception);
        }
    }

    private static FormUrlEncodedContent Form(string assertion) => new(
    [
        new("grant_type", "client_credentials"),
        new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        new("client_assertion", assertion),
    ]);

    private static Exception? Failure(ServiceReply reply)
    {
        if (reply.IsSuccess)
        {
            return null;
        }

        var body = reply.TryRead(OAuthJson.Default.OAuthErrorResponse);
        var detail = body?.ErrorDescription is { Length: > 0 } description ? $"{body.Error}: {description}" : body?.Error;
        return body?.Error switch
        {
            null or "" or "server_error" when reply.Status != 401 => reply.Passing(detail),
            "invalid_client" => reply.Refusal(ProtocolErrorKind.InvalidClient, detail),
            _ when detail?.Contains(ClockSkewText, StringComparison.OrdinalIgnoreCase) == true =>
                reply.Refusal(ProtocolErrorKind.ClockSkew, detail),
            _ when reply.Status == 401 => reply.Refusal(ProtocolErrorKind.Unauthorized, detail),
            _ => reply.Refusal(ProtocolErrorKind.Refused, detail),
        };
    }

    private sealed record CachedToken(Secret Token, DateTimeOffset UseUntil);
}
