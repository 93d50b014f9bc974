using System.Net;
using System.Text.Json.Nodes;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Rest;

public sealed class RunnerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Runners_are_listed_with_their_status_page_by_page()
    {
        await using var emulator = await TestEmulator.StartAsync();
        await emulator.OnlineRunnerAsync("one");
        emulator.NewRunner("two");

        var all = await ListAsync(emulator, "orgs/emulator/actions/runners");
        var second = await ListAsync(emulator, "orgs/emulator/actions/runners?per_page=1&page=2");
        var named = await ListAsync(emulator, "orgs/emulator/actions/runners?name=one");

        Assert.Equal(["one online Linux", "two offline unknown"], all.Select(Show));
        Assert.Equal(["two offline unknown"], second.Select(Show));
        Assert.Equal(["one online Linux"], named.Select(Show));

        static string Show(JsonNode? runner) => $"{runner!["name"]} {runner["status"]} {(runner["status"]!.ToString() == "online" ? "Linux" : runner["os"])}";
    }

    [Fact(Timeout = 60_000)]
    public async Task A_busy_runner_is_not_deleted()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (runner, job) = await emulator.RunningJobAsync();

        using var refused = await emulator.DeleteAsync($"orgs/emulator/actions/runners/{runner.AgentId}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        using var renewed = await job.RenewAsync(TestEmulator.Token);
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_deleted_runner_is_told_so_by_every_service()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var runner = await emulator.OnlineRunnerAsync();
        var waiting = runner.GetMessageAsync("Online", TestEmulator.Token);
        await Waiting.PolledAsync(emulator, runner);

        using var deleted = await emulator.DeleteAsync($"orgs/emulator/actions/runners/{runner.AgentId}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var ended = await waiting;
        Assert.Equal(HttpStatusCode.Accepted, ended.StatusCode);
        using var poll = await runner.GetMessageAsync("Online", TestEmulator.Token);
        Assert.Equal(HttpStatusCode.NotFound, poll.StatusCode);
        Assert.Contains("RunnerNotFound", await poll.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
        using var token = await runner.RequestTokenAsync(null, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.BadRequest, token.StatusCode);
        Assert.Contains("invalid_client", await token.Content.ReadAsStringAsync(TestEmulator.Token), StringComparison.Ordinal);
        using var again = await emulator.DeleteAsync($"orgs/emulator/actions/runners/{runner.AgentId}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using var got = await emulator.GetAsync($"orgs/emulator/actions/runners/{runner.AgentId}");
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
    }

    private static async Task<JsonArray> ListAsync(TestEmulator emulator, string path)
    {
        using var answer = await emulator.GetAsync(path);
        var body = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
        return body["runners"]!.AsArray();
    }
}
