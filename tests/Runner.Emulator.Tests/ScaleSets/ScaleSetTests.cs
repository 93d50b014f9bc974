using System.Net;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Emulator.Tests.ScaleSets;

/// <summary>Scale sets as GitHub was seen to have them: sessions, capacity, the queue and its cursor, what is said of jobs.</summary>
public sealed class ScaleSetTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestEmulator.Token;

    [Fact(Timeout = Limit)]
    public async Task Capacity_is_a_total_that_gates_what_is_assigned()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        Queue(emulator, "one", "set");
        Queue(emulator, "two", "set");

        var none = await set.PollAsync(0, capacity: 0, Token);
        var first = await set.PollAsync(0, capacity: 1, Token);
        var same = await set.PollAsync(first!.Id, capacity: 1, Token);
        var second = await set.PollAsync(first.Id, capacity: 2, Token);

        Assert.Null(none);
        Assert.Equal(["JobAssigned one"], first.Told);
        Assert.Equal(1, first.Count("totalAssignedJobs"));
        Assert.Equal(100_000_001, first.Id);
        Assert.Equal(0, (long)first.Entries[0]["runnerRequestId"]!);
        Assert.Null(same);
        Assert.Equal(["JobAssigned two"], second!.Told);
        Assert.Equal(2, second.Count("totalAssignedJobs"));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_goes_to_a_set_that_has_all_its_labels_and_to_no_other()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", ["self-hosted", "linux", "x64"]);
        Queue(emulator, "some", "Linux", "self-hosted");
        Queue(emulator, "more", "linux", "gpu");

        var message = await set.PollAsync(0, capacity: 9, Token);

        Assert.Equal(["JobAssigned some"], message!.Told);
        Assert.Equal("Linux", (string?)message.Entries[0]["requestLabels"]![0]);
        Assert.Null(await set.PollAsync(message.Id, capacity: 9, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Message_that_was_not_deleted_comes_again_to_a_new_session()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        Queue(emulator, "one", "set");
        var first = await set.PollAsync(0, 1, Token);
        Queue(emulator, "two", "set");
        var second = await set.PollAsync(first!.Id, 2, Token);
        var deleted = await set.DeleteAsync(second!.Id, Token);

        var closed = await set.CloseAsync(Token);
        await set.OpenAsync(Token);
        var again = await set.PollAsync(0, 2, Token);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted, closed));
        Assert.Equal((first.Id, "JobAssigned one"), (again!.Id, again.Told.Single()));
        Assert.Null(await set.PollAsync(again.Id, 2, Token)); // the deleted one is gone
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_of_the_set_runs_the_job_and_the_queue_tells_its_start_and_its_end()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        var queued = Queue(emulator, "one", "set");
        var assigned = await set.PollAsync(0, 1, Token);
        var foreign = await emulator.OnlineRunnerAsync("foreign", "set");

        var runner = await set.OnlineRunnerAsync("mine", emulator.Time, Token);
        var job = await runner.TakeJobAsync(Token);
        var started = await set.PollAsync(assigned!.Id, 1, Token);
        using var completed = await job.CompleteAsync(Token);
        var ended = await set.PollAsync(started!.Id, 1, Token);

        Assert.Equal(["JobStarted one"], started.Told);
        Assert.Equal("mine", (string?)started.Entries[0]["runnerName"]);
        Assert.Equal(queued.ToString(), (string?)started.Entries[0]["jobId"]);
        Assert.Equal((1, 1, 1), (started.Count("totalRunningJobs"), started.Count("totalAssignedJobs"), started.Count("totalBusyRunners")));
        Assert.Equal(["JobCompleted one"], ended!.Told);
        Assert.Equal("succeeded", (string?)ended.Entries[0]["result"]);
        Assert.Equal(0, ended.Count("totalAssignedJobs"));
        Assert.Null(await foreign.PollAsync(Token)); // a job of a set goes to the set's runners alone
    }

    [Fact(Timeout = Limit)]
    public async Task Set_has_one_session_until_that_is_closed_or_its_owner_is_gone_for_long()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var set = await SetAsync(emulator, "set", []);

        using var early = await set.PostSessionAsync(Token);
        time.Advance(TimeSpan.FromSeconds(100));
        using var later = await set.PostSessionAsync(Token);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (early.StatusCode, later.StatusCode));
        Assert.Contains("already has an active session for owner listener", await early.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var poll = await set.GetAsync(0, 1, Token); // of the first session
        Assert.Equal(HttpStatusCode.Unauthorized, poll.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await set.RefreshAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Token_of_the_queue_ends_and_is_renewed_with_the_session()
    {
        var time = new WaitableTime();
        await using var emulator = await TestEmulator.StartAsync(
            new EmulatorOptions { Time = time, ScaleSetTokenDuration = TimeSpan.FromSeconds(30), ScaleSetSessionDuration = TimeSpan.FromHours(1) });
        var set = await SetAsync(emulator, "set", []);
        var session = set.SessionId;
        Queue(emulator, "one", "set");

        time.Advance(TimeSpan.FromSeconds(31));
        using var refused = await set.GetAsync(0, 1, Token);
        var refreshed = await set.RefreshAsync(Token);
        var message = await set.PollAsync(0, 1, Token);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, refreshed));
        Assert.Equal(session, set.SessionId);
        Assert.Equal(["JobAssigned one"], message!.Told);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_no_runner_takes_is_taken_back_and_assigned_again_and_given_up_in_the_end()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time, ScaleSetSessionDuration = TimeSpan.FromHours(1) });
        var set = await SetAsync(emulator, "set", []);
        var queued = Queue(emulator, "one", "set");

        var (told, cursor) = (new List<string>(), 0L);
        for (var round = 0; round < 4; round++)
        {
            var message = await set.PollAsync(cursor, 1, Token);
            (cursor, _) = (message!.Id, 0);
            told.AddRange(message.Told);
            time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(["JobAssigned one", "JobCompleted one", "JobAssigned one", "JobCompleted one", "JobAssigned one", "JobCompleted one", "JobAssigned one"], told);
        Assert.Equal(Conclusion.Canceled, (await emulator.Server.WaitForJobAsync(queued, Token)).Conclusion);
    }

    [Fact(Timeout = Limit)]
    public async Task Enterprise_Server_offers_jobs_that_have_to_be_acquired()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick(acquire: true));
        var set = await SetAsync(emulator, "set", []);
        Queue(emulator, "one", "set");

        var offered = await set.PollAsync(0, 1, Token);
        var request = (long)offered!.Entries[0]["runnerRequestId"]!;
        using var acquired = await set.AcquireAsync(Token, request, 999);
        var assigned = await set.PollAsync(offered.Id, 1, Token);

        Assert.Equal(["JobAvailable one"], offered.Told);
        Assert.Equal((1, 0), (offered.Count("totalAvailableJobs"), offered.Count("totalAssignedJobs")));
        Assert.Equal($$"""{"count":1,"value":[{{request}}]}""", await acquired.Content.ReadAsStringAsync(Token));
        Assert.Equal(["JobAssigned one"], assigned!.Told);
        Assert.Equal(request, (long)assigned.Entries[0]["runnerRequestId"]!);
    }

    [Fact(Timeout = Limit)]
    public async Task On_github_com_there_is_no_acquisition()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);

        using var acquired = await set.AcquireAsync(Token, 1);

        Assert.Equal(HttpStatusCode.NotFound, acquired.StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Canceled_job_that_no_runner_has_is_told_as_completed_without_one()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        var queued = Queue(emulator, "one", "set");
        var assigned = await set.PollAsync(0, 1, Token);

        emulator.Server.CancelJob(queued);
        var ended = await set.PollAsync(assigned!.Id, 1, Token);

        Assert.Equal(["JobCompleted one"], ended!.Told);
        Assert.Equal(("canceled", 0), ((string?)ended.Entries[0]["result"], (int)ended.Entries[0]["runnerId"]!));
    }

    [Fact(Timeout = Limit)]
    public async Task At_most_fifty_entries_come_in_one_message()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        for (var i = 0; i < 60; i++)
        {
            Queue(emulator, $"job {i}", "set");
        }

        var first = await set.PollAsync(0, 100, Token);
        var second = await set.PollAsync(first!.Id, 100, Token);

        Assert.Equal((50, 10), (first.Entries.Count, second!.Entries.Count));
        Assert.Equal(60, first.Count("totalAssignedJobs"));
    }

    [Fact(Timeout = Limit)]
    public async Task Sets_are_made_found_changed_and_deleted_and_their_names_are_free_once()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await OfficialScaleSet.EnterAsync(emulator.Http, emulator.Server.Url, Token);
        await set.CreateAsync("set", ["a", "b"], Token);

        using var twice = await set.AdminAsync(HttpMethod.Post, "_apis/runtime/runnerscalesets", """{"name":"SET","runnerGroupId":1}""", Token);
        using var changed = await set.AdminAsync(HttpMethod.Patch, $"_apis/runtime/runnerscalesets/{set.Id}", """{"labels":[{"type":"System","name":"c"}]}""", Token);
        using var found = await set.AdminAsync(HttpMethod.Get, "_apis/runtime/runnerscalesets?runnerGroupId=1&name=set", null, Token);
        using var deleted = await set.AdminAsync(HttpMethod.Delete, $"_apis/runtime/runnerscalesets/{set.Id}", null, Token);
        using var gone = await set.AdminAsync(HttpMethod.Get, $"_apis/runtime/runnerscalesets/{set.Id}", null, Token);
        using var group = await set.AdminAsync(HttpMethod.Get, "_apis/runtime/runnergroups/?groupName=default", null, Token);
        using var stranger = await emulator.GetAsync("broker/_apis/runtime/runnerscalesets");

        Assert.Equal([409, 200, 200, 204, 404, 200, 401], [.. new[] { twice, changed, found, deleted, gone, group, stranger }.Select(answer => (int)answer.StatusCode)]);
        var body = await OfficialScaleSet.ReadAsync(found, Token);
        Assert.Equal((1, "c", true), ((int)body["count"]!, (string?)body["value"]![0]!["labels"]![0]!["name"], (bool)body["value"]![0]!["RunnerSetting"]!["disableUpdate"]!));
        Assert.Equal("Default", (string?)(await OfficialScaleSet.ReadAsync(group, Token))["value"]![0]!["name"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Older_Enterprise_Server_keeps_the_first_label_only_and_says_nothing()
    {
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ScaleSetLabels = false });
        var set = await OfficialScaleSet.EnterAsync(emulator.Http, emulator.Server.Url, Token);

        var made = await set.CreateAsync("set", ["set", "linux"], Token);

        Assert.Equal("set", (string?)Assert.Single(made["labels"]!.AsArray())!["name"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Runners_of_a_set_are_found_by_name_and_removed_unless_they_have_a_job()
    {
        await using var emulator = await TestEmulator.StartAsync(Quick());
        var set = await SetAsync(emulator, "set", []);
        Queue(emulator, "one", "set");
        await set.PollAsync(0, 1, Token);
        var busy = await set.OnlineRunnerAsync("busy", emulator.Time, Token);
        await busy.TakeJobAsync(Token);
        var idle = await set.OnlineRunnerAsync("idle", emulator.Time, Token);

        using var kept = await set.AdminAsync(HttpMethod.Delete, $"_apis/distributedtask/pools/0/agents/{busy.AgentId}", null, Token);
        using var removed = await set.AdminAsync(HttpMethod.Delete, $"_apis/distributedtask/pools/0/agents/{idle.AgentId}", null, Token);
        using var found = await set.AdminAsync(HttpMethod.Get, "_apis/distributedtask/pools/0/agents?agentName=busy", null, Token);
        using var gone = await set.AdminAsync(HttpMethod.Get, $"_apis/distributedtask/pools/0/agents/{idle.AgentId}", null, Token);
        using var twice = await set.AdminAsync(HttpMethod.Post, $"_apis/runtime/runnerscalesets/{set.Id}/generatejitconfig", """{"name":"busy"}""", Token);

        Assert.Contains("JobStillRunningException", await kept.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(set.Id, (int)(await OfficialScaleSet.ReadAsync(found, Token))["value"]![0]!["runnerScaleSetId"]!);
        Assert.Contains("AgentNotFoundException", await gone.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("AgentExistsException", await twice.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static EmulatorOptions Quick(bool acquire = false) =>
        new() { PollDuration = TimeSpan.FromMilliseconds(300), ShareRunnerKey = true, ScaleSetsAcquire = acquire };

    private static async Task<OfficialScaleSet> SetAsync(TestEmulator emulator, string name, string[] labels)
    {
        var set = await OfficialScaleSet.EnterAsync(emulator.Http, emulator.Server.Url, Token);
        await set.CreateAsync(name, labels, Token);
        await set.OpenAsync(Token);
        return set;
    }

    private static Runner.Jobs.JobId Queue(TestEmulator emulator, string name, params string[] labels) =>
        emulator.Server.QueueJob(new RawJob { Name = name, Labels = [.. labels] }).Id;
}
