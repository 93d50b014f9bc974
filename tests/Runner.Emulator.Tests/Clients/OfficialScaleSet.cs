using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Runner.Emulator.Tests.Clients;

/// <summary>Sends what GitHub's own library for scale sets sends (scaleset.md), and reads answers as it does. It shares no code with our client.</summary>
internal sealed class OfficialScaleSet(HttpClient http, Uri tenant, string admin)
{
    private JsonObject _session = [];

    public int Id { get; private set; }

    public string SessionId => Text(_session, "sessionId");

    /// <summary>The chain of registration.md section 4, from the personal token on.</summary>
    public static async Task<OfficialScaleSet> EnterAsync(HttpClient http, Uri server, CancellationToken cancellationToken)
    {
        using var registration = await OfficialHttp.SendAsync(
            http, HttpMethod.Post, new Uri(server, "api/v3/orgs/acme/actions/runners/registration-token"), "emulator", null, cancellationToken);
        var token = Text(await ReadAsync(registration, cancellationToken), "token");
        using var entry = await OfficialHttp.SendAsync(
            http,
            HttpMethod.Post,
            new Uri(server, "api/v3/actions/runner-registration"),
            token,
            $$"""{"url":"{{new Uri(server, "acme")}}","runner_event":"register"}""",
            cancellationToken,
            "RemoteAuth");
        var body = await ReadAsync(entry, cancellationToken);
        return new OfficialScaleSet(http, new Uri(Text(body, "url")), Text(body, "token"));
    }

    public Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken) =>
        SendAsync(method, new Uri(tenant, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "api-version=6.0-preview"), admin, json, null, cancellationToken);

    public async Task<JsonObject> CreateAsync(string name, string[] labels, CancellationToken cancellationToken)
    {
        var list = string.Join(',', labels.Select(label => $$"""{"type":"System","name":"{{label}}"}"""));
        using var answer = await AdminAsync(
            HttpMethod.Post,
            "_apis/runtime/runnerscalesets",
            $$"""{"name":"{{name}}","runnerGroupId":1,"labels":[{{list}}],"RunnerSetting":{"disableUpdate":true} }""",
            cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var set = await ReadAsync(answer, cancellationToken);
        Id = (int)set["id"]!;
        return set;
    }

    public Task<HttpResponseMessage> PostSessionAsync(CancellationToken cancellationToken) => AdminAsync(
        HttpMethod.Post, $"_apis/runtime/runnerscalesets/{Id}/sessions", """{"sessionId":"00000000-0000-0000-0000-000000000000","ownerName":"listener"}""", cancellationToken);

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var answer = await PostSessionAsync(cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        _session = await ReadAsync(answer, cancellationToken);
    }

    public async Task<HttpStatusCode> RefreshAsync(CancellationToken cancellationToken)
    {
        using var answer = await AdminAsync(HttpMethod.Patch, $"_apis/runtime/runnerscalesets/{Id}/sessions/{SessionId}", null, cancellationToken);
        _session = answer.IsSuccessStatusCode ? await ReadAsync(answer, cancellationToken) : _session;
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> CloseAsync(CancellationToken cancellationToken)
    {
        using var answer = await AdminAsync(HttpMethod.Delete, $"_apis/runtime/runnerscalesets/{Id}/sessions/{SessionId}", null, cancellationToken);
        return answer.StatusCode;
    }

    public Task<HttpResponseMessage> GetAsync(long last, int capacity, CancellationToken cancellationToken)
    {
        var url = Text(_session, "messageQueueUrl") + (last > 0 ? string.Create(CultureInfo.InvariantCulture, $"?lastMessageId={last}") : string.Empty);
        return SendAsync(HttpMethod.Get, new Uri(url), QueueToken, null, capacity, cancellationToken);
    }

    /// <summary>The next message with its entries; <c>null</c> where there was none.</summary>
    public async Task<SetMessage?> PollAsync(long last, int capacity, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(last, capacity, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            return null;
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var message = await ReadAsync(answer, cancellationToken);
        Assert.Equal("RunnerScaleSetJobMessages", Text(message, "messageType"));
        return new SetMessage((long)message["messageId"]!, [.. JsonNode.Parse(Text(message, "body"))!.AsArray().Select(entry => entry!.AsObject())], message["statistics"]!.AsObject());
    }

    public async Task<HttpStatusCode> DeleteAsync(long message, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            HttpMethod.Delete, new Uri(string.Create(CultureInfo.InvariantCulture, $"{Text(_session, "messageQueueUrl")}/{message}")), QueueToken, null, null, cancellationToken);
        return answer.StatusCode;
    }

    public Task<HttpResponseMessage> AcquireAsync(CancellationToken cancellationToken, params long[] requests) => SendAsync(
        HttpMethod.Post,
        new Uri(tenant, $"_apis/runtime/runnerscalesets/{Id}/acquirejobs?api-version=6.0-preview"),
        QueueToken,
        $"[{string.Join(',', requests)}]",
        null,
        cancellationToken);

    /// <summary>A runner of the set that is signed in and has a session.</summary>
    public async Task<OfficialRunner> OnlineRunnerAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        using var answer = await AdminAsync(
            HttpMethod.Post, $"_apis/runtime/runnerscalesets/{Id}/generatejitconfig", $$"""{"name":"{{name}}","workFolder":"_work"}""", cancellationToken);
        var runner = OfficialRunner.FromJit(http, Text(await ReadAsync(answer, cancellationToken), "encodedJITConfig"), time);
        await runner.SignInAsync(cancellationToken);
        await runner.OpenSessionAsync(cancellationToken);
        return runner;
    }

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!.AsObject();

    public static string Text(JsonObject parent, string name) => (string?)parent[name] ?? throw new InvalidOperationException($"no {name} in {parent}");

    private string QueueToken => Text(_session, "messageQueueAccessToken");

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, string token, string? json, int? capacity, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("User-Agent", """{"system":"test","version":"1","kind":"scaleset"}""");
        if (capacity is { } most)
        {
            request.Headers.Add("X-ScaleSetMaxCapacity", most.ToString(CultureInfo.InvariantCulture));
        }

        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return http.SendAsync(request, cancellationToken);
    }
}

/// <summary>A message of the queue.</summary>
internal sealed record SetMessage(long Id, IReadOnlyList<JsonObject> Entries, JsonObject Statistics)
{
    /// <summary>What it says, a word and a job's name each.</summary>
    public IEnumerable<string> Told => Entries.Select(entry => $"{OfficialScaleSet.Text(entry, "messageType")} {OfficialScaleSet.Text(entry, "jobDisplayName")}");

    public int Count(string name) => (int)Statistics[name]!;
}
