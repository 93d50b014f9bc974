using System.Net;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Rest;

public sealed class JitTests
{
    private const string Path = "api/v3/orgs/acme/actions/runners/generate-jitconfig";

    [Fact(Timeout = 60_000)]
    public async Task A_jit_configuration_holds_the_files_of_an_ephemeral_runner()
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync(Path, """{"name":"pod-7","runner_group_id":1,"labels":["self-hosted","gpu"],"work_folder":"w"}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
        var runner = body["runner"]!;
        Assert.Equal("pod-7 offline False", $"{runner["name"]} {runner["status"]} {(bool)runner["busy"]!}");
        Assert.Equal(["self-hosted read-only", "gpu custom"], runner["labels"]!.AsArray().Select(label => $"{label!["name"]} {label["type"]}"));
        var files = JsonNode.Parse(Convert.FromBase64String(body["encoded_jit_config"]!.ToString()))!.AsObject();
        Assert.Equal([".runner", ".credentials", ".credentials_rsaparams"], files.Select(file => file.Key));
        var settings = JsonNode.Parse(Convert.FromBase64String(files[".runner"]!.ToString()))!.AsObject();
        Assert.Equal(emulator.Server.Url + "acme", OfficialRunner.Text(settings, "gitHubUrl"));
        Assert.Equal("true", OfficialRunner.Text(settings, "ephemeral"), ignoreCase: true);
        Assert.Equal("true", OfficialRunner.Text(settings, "useV2Flow"), ignoreCase: true);
        Assert.Equal("w", OfficialRunner.Text(settings, "workFolder"));

        // Equal, so that the runner opens no V1 connection beside the broker's.
        Assert.Equal(OfficialRunner.Text(settings, "serverUrlV2"), OfficialRunner.Text(settings, "serverUrl"));
        Assert.EndsWith("/", OfficialRunner.Text(settings, "serverUrlV2"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Runners_and_jobs_are_given_the_public_address()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { PublicUrl = new Uri("http://localhost:0") });
        emulator.Server.QueueJob(new Runner.Emulator.Runs.RawJob());

        var runner = await emulator.OnlineRunnerAsync();
        var job = await runner.TakeJobAsync(TestEmulator.Token);

        Assert.Equal("localhost", emulator.Server.Url.Host);
        Assert.NotEqual(0, emulator.Server.Url.Port);
        Assert.All([runner.ServerUrlV2, job.Results, job.FeedUrl], url => Assert.Equal(emulator.Server.Url.Authority, url.Authority));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_is_free_once_in_a_scope()
    {
        await using var emulator = await TestEmulator.StartAsync();
        const string body = """{"name":"pod-7","runner_group_id":1,"labels":["a"]}""";
        using var first = await emulator.PostAsync(Path, body);

        using var second = await emulator.PostAsync(Path, body);
        using var elsewhere = await emulator.PostAsync("repos/acme/app/actions/runners/generate-jitconfig", body);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("Already exists", await second.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, elsewhere.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"runner_group_id":1,"labels":["a"]}""", HttpStatusCode.UnprocessableEntity, "\\u0022name\\u0022 wasn")]
    [InlineData("""{"name":"x","labels":["a"]}""", HttpStatusCode.UnprocessableEntity, "runner_group_id")]
    [InlineData("""{"name":"x","runner_group_id":9,"labels":["a"]}""", HttpStatusCode.UnprocessableEntity, "no runner group 9")]
    [InlineData("""{"name":"x","runner_group_id":1,"labels":[]}""", HttpStatusCode.UnprocessableEntity, "labels")]
    [InlineData("""{"name":""", HttpStatusCode.BadRequest, "Problems parsing JSON")]
    public async Task A_bad_request_is_refused_with_the_reason(string body, HttpStatusCode status, string reason)
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync(Path, body);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
    }
}
