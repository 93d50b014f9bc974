using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Emulator.Events;
using Runner.Emulator.Options;
using Runner.Emulator.Tests.Clients;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Results;

public sealed class ResultsTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_step_update_that_comes_late_changes_nothing()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();
        using var ended = await job.UpdateStepAsync(step, 1, "Run make", status: 6, conclusion: 3, TestEmulator.Token, changeOrder: 7);

        using var late = await job.UpdateStepAsync(step, 1, "Run make", status: 3, conclusion: 0, TestEmulator.Token, changeOrder: 6);

        Assert.True((bool)(await OfficialRunner.ReadAsync(late, TestEmulator.Token))["ok"]!);
        var info = emulator.Server.FindJob(Id(job))!.Step("Run make");
        Assert.Equal((StepStatus.Completed, (Conclusion?)Conclusion.Failed), (info.Status, info.Conclusion));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_in_blocks_is_put_together_in_order()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();
        Task<string> UrlAsync() => job.UploadUrlAsync("GetStepLogsSignedBlobURL", step, "logs_url", TestEmulator.Token);

        using var created = await job.PutAsync(await UrlAsync(), "AppendBlob", string.Empty, TestEmulator.Token);
        using var first = await job.PutAsync(await UrlAsync() + "&comp=appendblock", null, "one\n", TestEmulator.Token, isSealed: false);
        using var last = await job.PutAsync(await UrlAsync() + "&comp=appendblock&seal=true", null, "two\n", TestEmulator.Token, isSealed: true);
        using var tooLate = await job.PutAsync(await UrlAsync() + "&comp=appendblock", null, "three\n", TestEmulator.Token, isSealed: false);
        using var metadata = await job.ReceiverAsync(
            "CreateStepLogsMetadata", step, ",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":2", TestEmulator.Token);

        Assert.Equal([201, 201, 201, 409], [.. new[] { created, first, last, tooLate }.Select(answer => (int)answer.StatusCode)]);
        Assert.True((bool)(await OfficialRunner.ReadAsync(metadata, TestEmulator.Token))["ok"]!);
        Assert.Equal("one\ntwo\n", await emulator.Server.ReadStepLogAsync(Id(job), new StepId(step), TestEmulator.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_that_never_came_is_not_complete()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();

        using var metadata = await job.ReceiverAsync(
            "CreateJobLogsMetadata", null, ",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":2", TestEmulator.Token);

        Assert.False((bool)(await OfficialRunner.ReadAsync(metadata, TestEmulator.Token))["ok"]!);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_was_announced_and_never_came_is_told(bool hasEmptyBlob)
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();
        using var update = await job.UpdateStepAsync(step, 1, "Run make", status: 6, conclusion: 2, TestEmulator.Token);
        if (hasEmptyBlob)
        {
            using var created = await job.PutAsync(await job.UploadUrlAsync("GetStepLogsSignedBlobURL", step, "logs_url", TestEmulator.Token), "AppendBlob", string.Empty, TestEmulator.Token);
            using var jobs = await job.PutAsync(await job.UploadUrlAsync("GetJobLogsSignedBlobURL", null, "logs_url", TestEmulator.Token), "AppendBlob", string.Empty, TestEmulator.Token);
        }

        const string Announced = ",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"line_count\":200000";
        using var ofStep = await job.ReceiverAsync("CreateStepLogsMetadata", step, Announced, TestEmulator.Token);
        using var ofJob = await job.ReceiverAsync("CreateJobLogsMetadata", null, Announced, TestEmulator.Token);

        var info = emulator.Server.FindJob(Id(job))!;
        Assert.True(info.IsLogMissing);
        Assert.True(info.Step("Run make").IsLogMissing);
        var told = new List<string?>();
        await foreach (var happened in emulator.Server.ReadEventsAsync(0, TestEmulator.Token))
        {
            if (happened.Type == EmulatorEventType.LogMissing)
            {
                told.Add(happened.Reason);
            }

            if (happened.Type == EmulatorEventType.LogCompleted)
            {
                break;
            }
        }

        Assert.Equal(
            [
                "the log of step 'Run make' is lost: 200000 lines were announced, and their content has not come",
                "the log is lost: 200000 lines were announced, and their content has not come",
            ],
            told);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_summary_is_kept()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();
        using var asked = await job.ReceiverAsync("GetStepSummarySignedBlobURL", step, string.Empty, TestEmulator.Token);
        var address = await OfficialRunner.ReadAsync(asked, TestEmulator.Token);

        using var put = await job.PutAsync(address["summary_url"]!.ToString(), "BlockBlob", "# Done", TestEmulator.Token);
        using var metadata = await job.ReceiverAsync(
            "CreateStepSummaryMetadata", step, ",\"uploaded_at\":\"2026-01-31T08:15:30.123Z\",\"size\":6", TestEmulator.Token);

        Assert.Equal(1024 * 1024, (int)address["soft_size_limit"]!);
        Assert.Equal("BLOB_STORAGE_TYPE_AZURE", address["blob_storage_type"]!.ToString());
        Assert.True((bool)(await OfficialRunner.ReadAsync(metadata, TestEmulator.Token))["ok"]!);
        Assert.Equal("# Done", await emulator.Server.ReadSummaryAsync(Id(job), new StepId(step), TestEmulator.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_upload_address_ends_and_cannot_be_changed()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { Time = time });
        var (_, job) = await emulator.RunningJobAsync();
        var url = await job.UploadUrlAsync("GetJobLogsSignedBlobURL", null, "logs_url", TestEmulator.Token);

        using var other = await job.PutAsync(url.Replace("job.txt", "other.txt", StringComparison.Ordinal), "BlockBlob", "x", TestEmulator.Token);
        using var good = await job.PutAsync(url, "BlockBlob", "x", TestEmulator.Token);
        time.Advance(TimeSpan.FromHours(1));
        using var late = await job.PutAsync(url, "BlockBlob", "x", TestEmulator.Token);

        Assert.Equal([403, 201, 403], [.. new[] { other, good, late }.Select(answer => (int)answer.StatusCode)]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Live_lines_become_events()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var step = Guid.NewGuid();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {job.Token}");
        await socket.ConnectAsync(job.FeedUrl, TestEmulator.Token);
        var message = Encoding.UTF8.GetBytes($$"""{"count":2,"value":["##[group]Run make","make"],"stepId":"{{step}}","startLine":1}""");

        // In frames, as the runner sends it.
        await socket.SendAsync(message.AsMemory(0, 10), WebSocketMessageType.Text, endOfMessage: false, TestEmulator.Token);
        await socket.SendAsync(message.AsMemory(10), WebSocketMessageType.Text, endOfMessage: true, TestEmulator.Token);

        await foreach (var happened in emulator.Server.ReadEventsAsync(0, TestEmulator.Token))
        {
            if (happened.Type == EmulatorEventType.LogLines)
            {
                Assert.Equal(["##[group]Run make", "make"], happened.Lines ?? []);
                Assert.Equal((job.JobId, step), (happened.JobId.ToString(), happened.Step?.Id.Value));
                break;
            }
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestEmulator.Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_live_feed_takes_job_tokens_only()
    {
        await using var emulator = await TestEmulator.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer emulator");
        var feed = new UriBuilder(new Uri(emulator.Server.Url, "_ws/ingest.sock")) { Scheme = "ws" }.Uri;

        var refusal = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(feed, TestEmulator.Token));

        Assert.Contains("401", refusal.Message, StringComparison.Ordinal);
    }

    private static JobId Id(OfficialJob job) => new(Guid.Parse(job.JobId));
}
