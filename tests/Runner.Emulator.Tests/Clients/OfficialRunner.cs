using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Testing.GitHub;

namespace Runner.Emulator.Tests.Clients;

/// <summary>
/// Sends what GitHub's own runner 2.336 sends, byte shapes included (registration.md, sessions-and-messages.md, run-service.md), and
/// reads answers as it does. It shares no code with our own clients, so that a mistake on both sides does not hide itself.
/// </summary>
internal sealed class OfficialRunner(HttpClient http, TimeProvider time, JsonObject settings, JsonObject credentials, RSA key)
{
    private string? _token;

    public HttpClient Http => http;

    public string? SessionId { get; private set; }

    public string AgentName => Text(settings, "agentName");

    public int AgentId => int.Parse(Text(settings, "agentId"), CultureInfo.InvariantCulture);

    public Uri ServerUrlV2 => new(Text(settings, "serverUrlV2"));

    public string ClientId => Text(Part(credentials, "data"), "clientId");

    public string AuthorizationUrl => Text(Part(credentials, "data"), "authorizationUrl");

    /// <summary>Algorithm of the client assertion; the runner goes by <c>requireFipsCryptography</c>.</summary>
    public string Algorithm { get; set; } =
        Text(Part(credentials, "data"), "requireFipsCryptography").Equals("true", StringComparison.OrdinalIgnoreCase) ? "PS256" : "RS256";

    public static OfficialRunner FromJit(HttpClient http, string encoded, TimeProvider time)
    {
        var files = JsonNode.Parse(Convert.FromBase64String(encoded))!.AsObject();
        var parts = File(files, ".credentials_rsaparams");
        byte[] Bytes(string name) => Convert.FromBase64String(Text(parts, name));
        var key = RSA.Create(new RSAParameters
        {
            D = Bytes("d"), DP = Bytes("dp"), DQ = Bytes("dq"), Exponent = Bytes("exponent"),
            InverseQ = Bytes("inverseQ"), Modulus = Bytes("modulus"), P = Bytes("p"), Q = Bytes("q"),
        });
        return new OfficialRunner(http, time, File(files, ".runner"), File(files, ".credentials"), key);
    }

    /// <summary>The token request, with any part of the assertion changed.</summary>
    public Task<HttpResponseMessage> RequestTokenAsync(Action<JsonObject>? change, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var payload = new JsonObject
        {
            ["sub"] = ClientId,
            ["iss"] = ClientId,
            ["aud"] = AuthorizationUrl,
            ["jti"] = Guid.NewGuid().ToString("D"),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TimeSpan.FromMinutes(5)).ToUnixTimeSeconds(),
        };
        change?.Invoke(payload);
        var signed = Base64(new JsonObject { ["typ"] = "JWT", ["alg"] = Algorithm }.ToJsonString()) + "." + Base64(payload.ToJsonString());
        var padding = Algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, padding);
        var request = new HttpRequestMessage(HttpMethod.Post, AuthorizationUrl)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ["client_assertion"] = $"{signed}.{Base64Url.EncodeToString(signature)}",
            }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return http.SendAsync(request, cancellationToken);
    }

    public async Task<string> SignInAsync(CancellationToken cancellationToken)
    {
        using var answer = await RequestTokenAsync(null, cancellationToken);
        return _token = Text(await ReadAsync(answer, cancellationToken), "access_token");
    }

    public Task<HttpResponseMessage> PostSessionAsync(CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        new Uri(ServerUrlV2, "session"),
        $$"""
        {"sessionId":"00000000-0000-0000-0000-000000000000","ownerName":"machine (PID: 7)",
         "agent":{"id":{{AgentId}},"name":"{{AgentName}}","version":"2.336.0","osDescription":"Linux 6.1","properties":{ } },
         "useFipsEncryption":false}
        """,
        cancellationToken);

    public async Task OpenSessionAsync(CancellationToken cancellationToken)
    {
        using var answer = await PostSessionAsync(cancellationToken);
        SessionId = Text(await ReadAsync(answer, cancellationToken), "sessionId");
    }

    public Task<HttpResponseMessage> DeleteSessionAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, new Uri(ServerUrlV2, "session"), null, cancellationToken);

    public Task<HttpResponseMessage> GetMessageAsync(string status, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get,
        new Uri(ServerUrlV2, $"message?sessionId={SessionId}&status={status}&runnerVersion=2.336.0&os=Linux&architecture=X64&disableUpdate=true"),
        null,
        cancellationToken);

    /// <summary>The next message; <c>null</c> where the answer is empty.</summary>
    public async Task<JsonObject?> PollAsync(CancellationToken cancellationToken, string status = "Online")
    {
        using var answer = await GetMessageAsync(status, cancellationToken);
        return answer.StatusCode == HttpStatusCode.Accepted ? null : await ReadAsync(answer, cancellationToken);
    }

    public Task<HttpResponseMessage> AcknowledgeAsync(string requestId, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        new Uri(ServerUrlV2, $"acknowledge?sessionId={SessionId}&status=Online&runnerVersion=2.336.0&os=Linux&architecture=X64"),
        $$"""{"runnerRequestId":"{{requestId}}"}""",
        cancellationToken);

    public Task<HttpResponseMessage> AcquireAsync(JsonObject request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        new Uri(new Uri(Text(request, "run_service_url")), "acquirejob"),
        $$"""{"jobMessageId":"{{Text(request, "runner_request_id")}}","billingOwnerId":"{{Text(request, "billing_owner_id")}}","runnerOS":"Linux"}""",
        cancellationToken);

    /// <summary>Waits for a job and takes it, all as the listener does. Its message must be one that the worker can read, unless a test wrote it.</summary>
    public async Task<OfficialJob> TakeJobAsync(CancellationToken cancellationToken, bool isByTest = false)
    {
        var request = await NextRequestAsync(cancellationToken);
        using var acknowledged = await AcknowledgeAsync(Text(request, "runner_request_id"), cancellationToken);
        Assert.Equal(HttpStatusCode.OK, acknowledged.StatusCode);
        using var acquired = await AcquireAsync(request, cancellationToken);
        var message = await ReadAsync(acquired, cancellationToken);
        if (!isByTest)
        {
            StrictJobMessage.AssertReadable(Encoding.UTF8.GetBytes(message.ToJsonString()), message["jobDisplayName"]?.ToString() ?? "a job");
        }

        return new OfficialJob(http, message);
    }

    /// <summary>Polls until a job is announced, and gives the body of that message.</summary>
    public async Task<JsonObject> NextRequestAsync(CancellationToken cancellationToken)
    {
        JsonObject? message = null;
        while (message is null)
        {
            message = await PollAsync(cancellationToken);
        }

        Assert.Equal("RunnerJobRequest", Text(message, "messageType"));
        return JsonNode.Parse(Text(message, "body"))!.AsObject();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, string? json, CancellationToken cancellationToken) =>
        OfficialHttp.SendAsync(http, method, url, _token, json, cancellationToken);

    internal static string Text(JsonObject parent, string name) => OfficialHttp.Member(parent, name)?.ToString()
        ?? throw new InvalidOperationException($"'{name}' is missing in {parent.ToJsonString()}");

    internal static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");

        // It parses only what says that it is JSON.
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(text)!.AsObject();
    }

    private static JsonObject Part(JsonObject parent, string name) => OfficialHttp.Member(parent, name)!.AsObject();

    private static JsonObject File(JsonObject files, string name) =>
        JsonNode.Parse(Convert.FromBase64String(files[name]!.ToString()))!.AsObject();

    private static string Base64(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
