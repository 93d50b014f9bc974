using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends.Host;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Backends.Tests.Host;

/// <summary>A shell script stands in for a worker that reports to its launcher.</summary>
public sealed class HostEventsTests : IDisposable
{
    private const string ReadPayload = """
        payload=$(cat)
        outcome=$(printf %s "$payload" | sed 's/.*"outcome":"\([^"]*\)".*/\1/')

        """ + StandIn.Outcome;

    private readonly TempFolder _temp = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Events_come_from_standard_output_and_what_the_worker_says_to_its_operator_does_not_disturb_them()
    {
        await using var handle = await LaunchAsync("""
            echo "to the operator" >&2
            echo '@event 1 {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"a"}'
            echo 'no event'
            echo '@event 2+ {"type":"jobEnded",'
            echo '@event 3 "conclusion":"succeeded"}'
            outcome_of succeeded reported >"$outcome"
            """);

        var events = await handle.Events.ToListAsync(Token);
        var end = await handle.Ended;

        Assert.Equal("a", Assert.IsType<LineEvent>(events[0]).Text);
        Assert.Equal(Conclusion.Succeeded, Assert.IsType<JobEndedEvent>(events[1]).Conclusion);
        Assert.Equal(2, events.Count);
        Assert.Equal(Conclusion.Succeeded, end.Outcome?.Conclusion);
    }

    [Fact(Timeout = 30_000)]
    public async Task Lines_that_are_missing_are_told_in_their_place()
    {
        await using var handle = await LaunchAsync("""
            echo '@event 1 {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"a"}'
            echo '@event 4 {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"b"}'
            """);

        var lines = await handle.Events.Cast<LineEvent>().Select(line => line.Text).ToListAsync(Token);

        Assert.Equal(["a", "##[error]2 line(s) of the worker's events are missing here", "b"], lines);
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_dies_ends_the_events_and_the_job_has_no_outcome()
    {
        await using var handle = await LaunchAsync("kill -9 $$");

        Assert.Empty(await handle.Events.ToListAsync(Token));
        Assert.Equal(FailureReason.WorkerDied, (await handle.Ended).Failure);
    }

    [Fact(Timeout = 30_000)]
    public async Task Handle_can_be_disposed_though_nobody_reads_the_events()
    {
        var handle = await LaunchAsync("""
            i=0
            while :; do i=$((i+1)); echo "@event $i {\"type\":\"line\",\"time\":\"2026-01-31T08:15:30+00:00\",\"text\":\"a\"}"; done
            """);

        await handle.DisposeAsync();

        Assert.Equal(FailureReason.WorkerDied, (await handle.Ended).Failure);
    }

    [Fact(Timeout = 30_000)]
    public async Task Bound_workspace_is_the_folder_itself_and_stays()
    {
        Directory.CreateDirectory(_temp["checkout"]);
        var handle = await LaunchAsync("""printf %s "$payload" | grep -o '"workspace":"[^"]*"' >"$RUNNER_JOB_FOLDER/../said" """, _temp["checkout"]);

        await handle.Ended;
        await handle.DisposeAsync();

        Assert.Equal($"\"workspace\":\"{_temp["checkout"]}\"\n", await File.ReadAllTextAsync(_temp["jobs/said"], Token));
        Assert.True(Directory.Exists(_temp["checkout"]));
    }

    [Fact]
    public async Task Bound_workspace_that_is_not_there_is_refused()
    {
        var error = await Assert.ThrowsAsync<WorkflowException>(() => LaunchAsync("exit 0", "/nothing/here"));

        Assert.Equal("The job's workspace is to be '/nothing/here', which is no absolute path of a folder", error.Message);
    }

    private Task<IJobHandle> LaunchAsync(string script, string? boundWorkspace = null)
    {
        var options = new HostOptions { Root = _temp["jobs"], WorkerPath = _temp.Script("worker", ReadPayload + script) };
        return new HostBackend(options, new FakeTimeProvider(), NullLogger<HostBackend>.Instance).LaunchAsync(
            new JobLaunch
            {
                Job = Some.Job(),
                Runner = Some.Runner(),
                MessageSeen = DateTimeOffset.UnixEpoch,
                Reporting = ReportingTarget.Launcher,
                BoundWorkspace = boundWorkspace,
            },
            Token);
    }
}
