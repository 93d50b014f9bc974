using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Rest;

/// <summary>What <c>config.sh --url --token</c> and <c>run.sh</c> of GitHub's runner do (registration.md sections 4 and 5).</summary>
public sealed class ConfigureTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_runner_configured_by_token_runs_two_jobs_and_is_removed()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var runner = await ConfigureAsync(emulator, "machine", ephemeral: false);
        await runner.SignInAsync(TestEmulator.Token);
        await runner.OpenSessionAsync(TestEmulator.Token);

        foreach (var name in new[] { "first", "second" })
        {
            var queued = emulator.Server.QueueJob(new RawJob { Name = name, Labels = ["linux", "team-a"] });
            var job = await runner.TakeJobAsync(TestEmulator.Token);
            using var completed = await job.CompleteAsync(TestEmulator.Token);
            var run = await emulator.Server.WaitForRunAsync(queued.RunId, TestEmulator.Token);
            Assert.Equal(Conclusion.Succeeded, run.Conclusion);
        }

        using var given = await emulator.PostAsync("api/v3/orgs/acme/actions/runners/remove-token", null);
        var remove = OfficialRunner.Text(await OfficialRunner.ReadAsync(given, TestEmulator.Token), "token");
        using var removed = await emulator.DeleteAsync($"api/v3/orgs/acme/actions/runners/{runner.AgentId}", remove, "RemoteAuth");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_existing_name_is_found_and_can_be_replaced()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var old = await ConfigureAsync(emulator, "machine", ephemeral: false);

        var replaced = await ConfigureAsync(emulator, "machine", ephemeral: false, replace: old.AgentId);

        Assert.Equal(old.AgentId, replaced.AgentId);
        await replaced.SignInAsync(TestEmulator.Token);
        using var stale = await old.RequestTokenAsync(null, TestEmulator.Token);
        Assert.Equal(HttpStatusCode.BadRequest, stale.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_tenant_stands_under_the_authority_that_the_runner_was_configured_with()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var token = await RegistrationTokenAsync(emulator);

        using var answer = await emulator.PostAsync(
            "api/v3/actions/runner-registration", """{"url":"http://ghes.example:8080/acme","runner_event":"register"}""", token, "RemoteAuth");

        var body = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
        Assert.StartsWith("http://ghes.example:8080/", body["url"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("OAuthAccessToken", body["token_schema"]!.ToString());
        Assert.True((bool)body["use_v2_flow"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_registration_token_does_not_remove()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var token = await RegistrationTokenAsync(emulator);

        using var answer = await emulator.PostAsync(
            "actions/runner-registration", $$"""{"url":"{{emulator.Server.Url}}acme","runner_event":"remove"}""", token, "RemoteAuth");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task<string> RegistrationTokenAsync(TestEmulator emulator)
    {
        using var answer = await emulator.PostAsync("api/v3/orgs/acme/actions/runners/registration-token", null);
        return OfficialRunner.Text(await OfficialRunner.ReadAsync(answer, TestEmulator.Token), "token");
    }

    private static async Task<OfficialRunner> ConfigureAsync(TestEmulator emulator, string name, bool ephemeral, int? replace = null)
    {
        var url = emulator.Server.Url + "acme";
        var token = await RegistrationTokenAsync(emulator);

        // 1. Which services?
        using var entered = await emulator.PostAsync(
            "api/v3/actions/runner-registration", $$"""{"url":"{{url}}","runner_event":"register"}""", token, "RemoteAuth");
        var tenant = await OfficialRunner.ReadAsync(entered, TestEmulator.Token);
        Assert.True((bool)tenant["use_v2_flow"]!);
        Assert.Equal(emulator.Server.Url.Authority, new Uri(tenant["url"]!.ToString()).Authority);

        // 2. Which group?
        using var listed = await emulator.GetAsync("api/v3/orgs/acme/actions/runner-groups", token, "RemoteAuth");
        var groups = (await OfficialRunner.ReadAsync(listed, TestEmulator.Token))["runner_groups"]!.AsArray();
        var group = groups.Single(candidate => (bool)candidate!["default"]!)!;

        // 3. Is the name free?
        using var found = await emulator.GetAsync($"api/v3/orgs/acme/actions/runners?name={name}", token, "RemoteAuth");
        var same = (await OfficialRunner.ReadAsync(found, TestEmulator.Token))["runners"]!.AsArray();
        Assert.Equal(replace is null ? [] : [replace.Value], same.Select(runner => (int)runner!["id"]!));

        // 4. Register.
        var key = RSA.Create(2048);
        var replacing = replace is null ? string.Empty : $",\"runner_id\":{replace},\"replace\":true";
        using var registered = await emulator.PostAsync(
            "api/v3/actions/runners/register",
            $$"""
            {"url":"{{url}}","group_id":{{group["id"]}},"name":"{{name}}","version":"2.336.0","updates_disabled":false,"ephemeral":{{(ephemeral ? "true" : "false")}},
             "labels":[{"id":0,"name":"self-hosted","type":"system"},{"id":0,"name":"Linux","type":"system"},{"id":0,"name":"X64","type":"system"},{"id":0,"name":"team-a","type":"user"}],
             "public_key":"{{key.ToXmlString(includePrivateParameters: false)}}"{{replacing}}}
            """,
            token,
            "RemoteAuth");
        var runner = await OfficialRunner.ReadAsync(registered, TestEmulator.Token);
        var authorization = runner["authorization"]!;
        return new OfficialRunner(
            emulator.Http,
            emulator.Time,
            new JsonObject
            {
                ["agentId"] = (int)runner["id"]!,
                ["agentName"] = runner["name"]!.ToString(),
                ["serverUrlV2"] = authorization["server_url"]!.ToString(),
            },
            new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["clientId"] = Guid.Parse(authorization["client_id"]!.ToString()).ToString("D"),
                    ["authorizationUrl"] = authorization["authorization_url"]!.ToString(),
                    ["requireFipsCryptography"] = "True",
                },
            },
            key);
    }
}
