using System.Text.Json.Nodes;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Runners;

/// <summary>Which runners the jobs of a repository go to: by scope of the registration, by group, by labels.</summary>
public sealed class RoutingTests
{
    public static TheoryData<string, string, bool> Scopes => new()
    {
        // registered in        repository      gets the job
        { "orgs/acme",          "acme/app",     true },
        { "orgs/ACME",          "acme/app",     true },
        { "orgs/other",         "acme/app",     false },
        { "repos/acme/app",     "acme/app",     true },
        { "repos/acme/lib",     "acme/app",     false },
        { "enterprises/e",      "acme/app",     true },
        { "orgs/other",         "emulator/workflow", true }, // named by nobody
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Scopes))]
    public async Task Jobs_go_to_runners_of_their_repository_organisation_or_enterprise(string scope, string repository, bool gets)
    {
        await using var emulator = await TestEmulator.StartAsync();
        await RegisterAsync(emulator, scope, group: 1);

        var run = Queue(emulator, repository, "runs-on: self-hosted");

        Assert.Equal(!gets, run.Jobs[0].IsUnmatched);
    }

    public static TheoryData<string, string, string, bool> Groups => new()
    {
        // the group's policy                                              runs-on                                  visibility   gets the job
        { """{"name":"gpu"}""",                                            "{group: gpu}",                          "private",   true },
        { """{"name":"gpu"}""",                                            "{group: GPU, labels: self-hosted}",     "private",   true },
        { """{"name":"gpu"}""",                                            "{group: Default}",                      "private",   false },
        { """{"name":"gpu"}""",                                            "self-hosted",                           "private",   true },
        { """{"name":"gpu"}""",                                            "self-hosted",                           "public",    false },
        { """{"name":"gpu","allows_public_repositories":true}""",          "self-hosted",                           "public",    true },
        { """{"name":"gpu","visibility":"selected"}""",                    "self-hosted",                           "private",   false },
        { """{"name":"gpu","visibility":"selected","selected_repository_ids":[1]}""", "self-hosted",                "private",   true },
        { """{"name":"gpu","visibility":"selected","selected_repository_ids":[2]}""", "self-hosted",                "private",   false },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Groups))]
    public async Task Jobs_go_to_runners_of_groups_that_admit_them(string policy, string runsOn, string visibility, bool gets)
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var repository = await emulator.GetAsync("repos/acme/app");
        Assert.Equal(1, (int)(await OfficialRunner.ReadAsync(repository, TestEmulator.Token))["id"]!);
        using var made = await emulator.PostAsync("orgs/acme/actions/runner-groups", policy);
        await RegisterAsync(emulator, "orgs/acme", (int)(await OfficialRunner.ReadAsync(made, TestEmulator.Token))["id"]!);

        var run = Queue(emulator, "acme/app", $"runs-on: {runsOn}", visibility);

        Assert.Equal(!gets, run.Jobs[0].IsUnmatched);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_group_that_is_not_there_takes_no_runner()
    {
        await using var emulator = await TestEmulator.StartAsync();

        using var answer = await emulator.PostAsync("orgs/acme/actions/runners/generate-jitconfig", """{"name":"r","runner_group_id":7,"labels":["a"]}""");

        Assert.Equal(422, (int)answer.StatusCode);
    }

    private static async Task RegisterAsync(TestEmulator emulator, string scope, int group)
    {
        var body = new JsonObject { ["name"] = "r", ["runner_group_id"] = group, ["labels"] = new JsonArray("self-hosted") };
        using var answer = await emulator.PostAsync($"{scope}/actions/runners/generate-jitconfig", body.ToJsonString());
        answer.EnsureSuccessStatusCode();
    }

    private static RunInfo Queue(TestEmulator emulator, string repository, string runsOn, string visibility = "private") => emulator.Server.QueueWorkflow(new WorkflowRequest
    {
        Workflow = $"on: push\njobs:\n  a:\n    {runsOn}\n    steps: [{{run: id}}]\n", Repository = repository, Visibility = visibility,
    });
}
