using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Emulator.Tests.Clients;
using Runner.Testing.Http;

namespace Runner.Emulator.Tests;

/// <summary>Nothing that is sent breaks the emulator: it is refused by a status of the 400s, or taken.</summary>
public sealed class StrangeRequestTests
{
    private const string Receiver = "twirp/results.services.receiver.Receiver/";
    private const string Ids = "\"workflow_run_backend_id\":\"PLAN\",\"workflow_job_run_backend_id\":\"JOB\"";
    private const string Step = "11111111-1111-1111-1111-111111111111";

    // Who sends it: E nobody in particular, R a runner, J a job, A an administrator, T a registration token.
    private static readonly (char Who, string Method, string Route, string Good)[] Calls =
    [
        ('E', "POST", "emulator/jobs", """{"labels":["none"],"name":"n","message":{"variables":{"a":{"value":"b"}},"steps":[],"resources":{"endpoints":[]},"plan":{}}}"""),
        ('E', "POST", "emulator/runs", """{"workflow":"on: push\njobs: {a: {runs-on: none, steps: [{run: id}]}}","path":"p","event":"push","payload":{"a":[1,null]},"inputs":{"x":1},"secrets":{"S":"v"},"vars":{"V":"v"},"files":{"f":"t"},"repository":"a/b","ref":"refs/heads/m","sha":"0","actor":"x","visibility":"public"}"""),
        ('E', "POST", "emulator/runs/1/cancel", "{}"),
        ('E', "POST", "emulator/runs/1/jobs/JOB2/cancel", "{}"),
        ('E', "POST", "emulator/faults", """{"prefix":"/nowhere-at-all","status":500,"retryAfterSeconds":1,"body":"x","afterHandling":true,"requests":1,"seconds":1.5}"""),
        ('R', "POST", "broker/session", """{"sessionId":"00000000-0000-0000-0000-000000000000","ownerName":"m","agent":{"id":1,"name":"n","version":"2.336.0","osDescription":"L"},"useFipsEncryption":false}"""),
        ('R', "POST", "broker/acknowledge", """{"runnerRequestId":"x"}"""),
        ('R', "POST", "run-service/PLAN/acquirejob", """{"jobMessageId":"x","billingOwnerId":"b","runnerOS":"Linux"}"""),
        ('J', "POST", "run-service/PLAN/renewjob", """{"planId":"PLAN","jobId":"JOB"}"""),
        ('J', "POST", "run-service/PLAN/completejob", """{"planId":"PLAN","jobId":"JOB2","conclusion":"succeeded","outputs":{"o":{"value":"v","isSecret":true}},"stepResults":[{"external_id":"11111111-1111-1111-1111-111111111111","number":1,"name":"n","status":"completed","conclusion":"succeeded","started_at":"2026-01-01T00:00:00Z","completed_at":"2026-01-01T00:00:00Z","completed_log_lines":1,"annotations":[{"level":"failure","message":"m","title":"t","path":"p","startLine":1}]}],"annotations":[{"level":"notice","message":"m"}],"environmentUrl":"u","billingOwnerId":"b"}"""),
        ('J', "POST", "twirp/github.actions.results.api.v1.WorkflowStepUpdateService/WorkflowStepsUpdate", "{\"steps\":[{\"external_id\":\"" + Step + "\",\"number\":1,\"name\":\"n\",\"status\":6,\"started_at\":\"2026-01-31T08:15:30.123Z\",\"completed_at\":null,\"conclusion\":2}],\"change_order\":1," + Ids + "}"),
        ('J', "POST", Receiver + "GetStepLogsSignedBlobURL", "{\"step_backend_id\":\"" + Step + "\"," + Ids + "}"),
        ('J', "POST", Receiver + "GetJobLogsSignedBlobURL", "{" + Ids + "}"),
        ('J', "POST", Receiver + "GetJobDiagLogsSignedBlobURL", "{" + Ids + "}"),
        ('J', "POST", Receiver + "GetStepSummarySignedBlobURL", "{\"step_backend_id\":\"" + Step + "\"," + Ids + "}"),
        ('J', "POST", Receiver + "CreateStepLogsMetadata", "{\"step_backend_id\":\"" + Step + "\",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":1," + Ids + "}"),
        ('J', "POST", Receiver + "CreateJobLogsMetadata", "{\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":1," + Ids + "}"),
        ('J', "POST", Receiver + "CreateStepSummaryMetadata", "{\"step_backend_id\":\"" + Step + "\",\"size\":1,\"uploaded_at\":\"2026-01-31T08:15:30.123Z\"," + Ids + "}"),
        ('J', "POST", "actions/build/PLAN/jobs/JOB/runnerresolve/actions", """{"actions":[{"action":"a/b","version":"v1","path":"p"}],"dependencies":["x"]}"""),
        ('J', "POST", "twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact", "{\"name\":\"n\",\"version\":4," + Ids + "}"),
        ('J', "POST", "twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL", """{"key":"k","version":"v","restore_keys":["a"]}"""),
        ('A', "POST", "orgs/emulator/actions/runners/generate-jitconfig", """{"name":"","runner_group_id":1,"labels":["a","b"],"work_folder":"w"}"""),
        ('A', "POST", "orgs/emulator/actions/runner-groups", """{"name":"g","visibility":"selected","allows_public_repositories":true,"selected_repository_ids":[1,2]}"""),
        ('A', "PATCH", "orgs/emulator/actions/runner-groups/1", """{"name":"g","visibility":"selected","allows_public_repositories":true,"selected_repository_ids":[1,2]}"""),
        ('T', "POST", "api/v3/actions/runner-registration", """{"url":"http://127.0.0.1/emulator","runner_event":"register"}"""),
        ('T', "POST", "api/v3/actions/runners/register", """{"url":"http://127.0.0.1/emulator","group_id":1,"name":"x","version":"2.336.0","updates_disabled":true,"ephemeral":true,"public_key":"<RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>","labels":[{"name":"a","type":"system"}],"replace":true,"runner_id":1}"""),
    ];

    [Fact(Timeout = 300_000)]
    public async Task No_body_breaks_a_call()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (runner, job) = await emulator.RunningJobAsync();
        var registration = (await OfficialRunner.ReadAsync(await emulator.PostAsync("orgs/emulator/actions/runners/registration-token", "{}"), TestEmulator.Token))["token"]!.ToString();
        var tokens = new Dictionary<char, string?> { ['E'] = null, ['R'] = await runner.SignInAsync(TestEmulator.Token), ['J'] = job.Token, ['A'] = "emulator", ['T'] = registration };
        var broken = new List<string>();

        foreach (var (who, method, route, good) in Calls)
        {
            foreach (var body in JsonMutants.Of(Named(good, job)).Prepend(Named(good, job)))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(emulator.Server.Url, Named(route, job)))
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                };
                if (tokens[who] is { } token)
                {
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                }

                using var answer = await emulator.Http.SendAsync(request, TestEmulator.Token);
                (await emulator.DeleteAsync("emulator/faults", token: null)).Dispose();
                if ((int)answer.StatusCode >= 500)
                {
                    broken.Add($"{(int)answer.StatusCode} at {route} for {body[..Math.Min(body.Length, 300)]}");
                }
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(30)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("orgs/a/actions/runners?per_page=-1&page=2147483647")]
    [InlineData("orgs/a/actions/runners?per_page=x")]
    [InlineData("orgs/a/actions/runners?name=%00%ED%A0%80")]
    [InlineData("orgs/a/actions/runners/99999999999")]
    [InlineData("repos/a/b/tarball/--upload-pack=id")]
    [InlineData("repos/a/b/tarball/..%2f..%2fx")]
    [InlineData("repos/a/b/actions/runs/9223372036854775807/jobs?filter=%ff")]
    [InlineData("repos/a/b/actions/jobs/-1")]
    [InlineData("emulator/runs/-1")]
    [InlineData("emulator/events?after=x")]
    [InlineData("broker/message?sessionId=x")]
    [InlineData("blobs/a?sp=acw&se=x&sig=%ff")]
    [InlineData("_codeload/a/b/legacy.zip/c?token=a.b.c")]
    [InlineData("idtoken/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000000?audience=%ED%A0%80")]
    [InlineData("_ws/ingest.sock")]
    public async Task No_address_breaks_a_call(string route)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.GetAsync(route);

        Assert.InRange((int)answer.StatusCode, 200, 499);
    }

    public static TheoryData<string> Assertions =>
    [
        "x", "a.b.c", "..", Token("{\"alg\":\"RS256\",\"alg\":\"none\"}", "{\"iss\":1}"), Token("{\"alg\":\"\\ud800\"}", "{\"iss\":\"\\ud800\",\"sub\":\"\\ud800\"}"), Token("{}", "[]"),
        Token("{\"alg\":{}}", "{\"iss\":\"00000000-0000-0000-0000-000000000000\",\"sub\":\"00000000-0000-0000-0000-000000000000\",\"exp\":1e999}"),
    ];

    [Theory(Timeout = 60_000), MemberData(nameof(Assertions))]
    public async Task No_assertion_or_token_breaks_a_call(string token)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = token,
        });

        using var signIn = await emulator.Http.PostAsync(new Uri(emulator.Server.Url, "oauth/token"), form, TestEmulator.Token);
        using var broker = await emulator.GetAsync("broker/message", token);
        using var app = await emulator.PostAsync("app/installations/1/access_tokens", "{}", token);

        Assert.Equal((400, 401, 401), ((int)signIn.StatusCode, (int)broker.StatusCode, (int)app.StatusCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_form_that_is_none_breaks_nothing()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var form = new StringContent(string.Join('&', Enumerable.Range(0, 5000).Select(number => $"a{number}=b")), Encoding.UTF8, "application/x-www-form-urlencoded");

        using var answer = await emulator.Http.PostAsync(new Uri(emulator.Server.Url, "oauth/token"), form, TestEmulator.Token);

        Assert.Equal(400, (int)answer.StatusCode);
    }

    public static TheoryData<string, string, int> Doors => new()
    {
        // header            value                        status
        { "Host",            "evil.example",              403 },
        { "Host",            "emulator.evil.example",     403 },
        { "Origin",          "https://evil.example",      403 },
        { "Origin",          "null",                      403 },
        { "Sec-Fetch-Site",  "cross-site",                403 },
        { "Content-Type",    "text/plain",                415 },
        { "Content-Type",    "application/x-www-form-urlencoded", 415 },
        { "Host",            "localhost",                 201 },
        { "Content-Type",    "application/json",          201 },
    };

    // What a page can do: send a text to an address of this machine, under its own name too.
    [Theory(Timeout = 60_000), MemberData(nameof(Doors))]
    public async Task No_web_page_queues_a_run(string header, string value, int status)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var body = new JsonObject { ["workflow"] = "on: push\njobs: {a: {runs-on: self-hosted, steps: [{run: id}]}}" };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(emulator.Server.Url, "emulator/runs"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, header == "Content-Type" ? value : "application/json"),
        };
        if (header != "Content-Type")
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var answer = await emulator.Http.SendAsync(request, TestEmulator.Token);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("emulator/runs")]
    [InlineData("emulator/events")]
    [InlineData("emulator/faults")]
    [InlineData("api/v3/meta")]
    [InlineData("blobs/x")]
    [InlineData("oidc/.well-known/jwks")]
    public async Task No_foreign_host_reads(string route)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(emulator.Server.Url, route)) { Headers = { Host = "evil.example" } };

        using var answer = await emulator.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestEmulator.Token);

        Assert.Equal(403, (int)answer.StatusCode);
    }

    private static string Token(string header, string payload) =>
        $"{Base64(header)}.{Base64(payload)}.AAAA";

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Named(string text, OfficialJob job) => text.Replace("PLAN", job.PlanId, StringComparison.Ordinal)
        .Replace("JOB2", Guid.NewGuid().ToString(), StringComparison.Ordinal)
        .Replace("JOB", job.JobId, StringComparison.Ordinal);
}
