using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Runner.Emulator.Tests.Clients;

/// <summary>
/// Speaks the older protocol (V1) as GitHub's own runner does: finds each resource by its id in <c>connectionData</c>, and opens encrypted messages.
/// It shares no code with our own clients.
/// </summary>
internal sealed class OfficialAgent(HttpClient http, OfficialRunner runner, Uri tenant, RSA key)
{
    public const string Sessions = "134e239e-2df3-4794-a6f6-24f1f19ec8dc";
    public const string Messages = "c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7";
    public const string JobRequests = "fc825784-c92a-4299-9221-998a02d1b54f";
    public const string TimelineRecords = "8893bc5b-35b2-4be7-83cb-99e683551db4";
    public const string PlanEvents = "557624af-b29e-4c20-8ab0-0399d2204f3f";

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase) { ["poolId"] = "1" };
    private JsonArray _definitions = [];
    private byte[] _key = [];

    public string SessionId { get; private set; } = string.Empty;

    /// <summary>The runner's own token.</summary>
    public string Token { get; private set; } = string.Empty;

    public static OfficialAgent FromJit(HttpClient http, string encoded, TimeProvider time)
    {
        var files = JsonNode.Parse(Convert.FromBase64String(encoded))!.AsObject();
        JsonObject File(string name) => JsonNode.Parse(Convert.FromBase64String(files[name]!.GetValue<string>()))!.AsObject();
        var parts = File(".credentials_rsaparams");
        byte[] Bytes(string name) => Convert.FromBase64String(parts[name]!.GetValue<string>());
        var key = RSA.Create(new RSAParameters
        {
            D = Bytes("d"), DP = Bytes("dp"), DQ = Bytes("dq"), Exponent = Bytes("exponent"),
            InverseQ = Bytes("inverseQ"), Modulus = Bytes("modulus"), P = Bytes("p"), Q = Bytes("q"),
        });
        return new OfficialAgent(http, OfficialRunner.FromJit(http, encoded, time), new Uri(File(".runner")["serverUrl"]!.GetValue<string>()), key);
    }

    public async Task SignInAsync(CancellationToken cancellationToken)
    {
        Token = await runner.SignInAsync(cancellationToken);
        using var answer = await CallAsync(HttpMethod.Get, new Uri(tenant, "_apis/connectionData?connectOptions=1"), Token, null, "5.1", cancellationToken);
        _definitions = (await ReadAsync(answer, cancellationToken))["locationServiceData"]!["serviceDefinitions"]!.AsArray();
    }

    public async Task OpenSessionAsync(bool fips, CancellationToken cancellationToken)
    {
        var body = $$"""{"ownerName":"machine (PID: 7)","agent":{"id":{{runner.AgentId}},"name":"{{runner.AgentName}}"},"useFipsEncryption":{{(fips ? "true" : "false")}}}""";
        using var answer = await SendAsync(HttpMethod.Post, Sessions, [], string.Empty, body, cancellationToken);
        var session = await ReadAsync(answer, cancellationToken);
        SessionId = session["sessionId"]!.GetValue<string>();
        var wrapped = Convert.FromBase64String(session["encryptionKey"]!["value"]!.GetValue<string>());
        _key = key.Decrypt(wrapped, session["useFipsEncryption"]!.GetValue<bool>() ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.OaepSHA1);
    }

    /// <summary>The next message with its opened body; <c>null</c> where none came.</summary>
    public async Task<(long Id, string Type, JsonObject Body)?> PollAsync(CancellationToken cancellationToken, long? last = null)
    {
        using var answer = await SendAsync(HttpMethod.Get, Messages, [], $"?sessionId={SessionId}&lastMessageId={last}&status=Online", null, cancellationToken);
        if (answer.Content.Headers.ContentLength is 0 or null && answer.StatusCode != System.Net.HttpStatusCode.OK)
        {
            return null;
        }

        var message = await ReadAsync(answer, cancellationToken);
        using var aes = Aes.Create();
        aes.Key = _key;
        var text = aes.DecryptCbc(Convert.FromBase64String(message["body"]!.GetValue<string>()), Convert.FromBase64String(message["iv"]!.GetValue<string>()));
        return (message["messageId"]!.GetValue<long>(), message["messageType"]!.GetValue<string>(), JsonNode.Parse(Encoding.UTF8.GetString(text))!.AsObject());
    }

    public async Task DeleteMessageAsync(long id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, Messages, new() { ["messageId"] = $"{id}" }, $"?sessionId={SessionId}", null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public Task<HttpResponseMessage> RenewAsync(long request, CancellationToken cancellationToken, string? token = null, string? body = null) => SendAsync(
        HttpMethod.Patch,
        JobRequests,
        new() { ["requestId"] = $"{request}" },
        $"?lockToken={Guid.Empty}",
        body ?? $$"""{"requestId":{{request}}}""",
        cancellationToken,
        token);

    /// <summary>A call of the job's plan with the job's token.</summary>
    public Task<HttpResponseMessage> PlanAsync(HttpMethod method, string resource, JsonObject job, string body, CancellationToken cancellationToken) => SendAsync(
        method,
        resource,
        new()
        {
            ["scopeIdentifier"] = job["plan"]!["scopeIdentifier"]!.GetValue<string>(),
            ["hubName"] = job["plan"]!["planType"]!.GetValue<string>(),
            ["planId"] = job["plan"]!["planId"]!.GetValue<string>(),
            ["timelineId"] = job["timeline"]!["id"]!.GetValue<string>(),
        },
        string.Empty,
        body,
        cancellationToken,
        JobToken(job));

    public static string JobToken(JsonObject job) =>
        job["resources"]!["endpoints"]![0]!["authorization"]!["parameters"]!["AccessToken"]!.GetValue<string>();

    public static Task<HttpResponseMessage> CallAsync(
        HttpClient http, HttpMethod method, Uri address, string token, string? body, string? version, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Accept", version is null ? "application/json" : $"application/json; api-version={version}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return http.SendAsync(request, cancellationToken);
    }

    /// <summary>The address of a resource.</summary>
    public Uri Find(string resource, Dictionary<string, string> values)
    {
        var definition = _definitions.Select(item => item!.AsObject()).Single(item => item["identifier"]!.GetValue<string>() == resource);
        var all = new Dictionary<string, string>(_values.Concat(values), StringComparer.OrdinalIgnoreCase)
        {
            ["area"] = definition["serviceType"]!.GetValue<string>(), ["resource"] = definition["displayName"]!.GetValue<string>(),
        };
        var segments = definition["relativePath"]!.GetValue<string>().Split('/').Select(segment =>
            segment.StartsWith('{') ? all.GetValueOrDefault(segment.Trim('{', '}'), string.Empty) : segment);
        return new Uri(tenant, string.Join('/', segments.Where(segment => segment.Length > 0)));
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string resource, Dictionary<string, string> values, string query, string? body, CancellationToken cancellationToken, string? token = null) =>
        CallAsync(http, method, new Uri(Find(resource, values) + query), token ?? Token, body, "5.1-preview.1", cancellationToken);

    private Task<HttpResponseMessage> CallAsync(HttpMethod method, Uri address, string token, string? body, string version, CancellationToken cancellationToken) =>
        CallAsync(http, method, address, token, body, version, cancellationToken);

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken))!.AsObject();
}
