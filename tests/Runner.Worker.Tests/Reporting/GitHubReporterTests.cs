using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Http;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Reporting;

public sealed partial class GitHubReporterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeHttpServer _server;
    private readonly StepId _step = StepId.New();

    public GitHubReporterTests(FakeHttpServer server) => _server = server;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Two_hundred_thousand_lines_are_complete_and_in_order_in_both_logs()
    {
        const int Count = 200_000;
        var results = new FakeResults(_server);
        using var reporter = Reporter(results);
        var text = new byte[64];

        for (var i = 0; i < Count; i++)
        {
            "line "u8.CopyTo(text);
            i.TryFormat(text.AsSpan(5), out var digits, default, CultureInfo.InvariantCulture);
            reporter.WriteLine(_step, text.AsSpan(0, 5 + digits));
        }

        reporter.StepLogEnded(_step);
        var notes = await reporter.CompleteAsync();

        Assert.Empty(notes);
        Assert.Equal(results.Text("job"), results.Text(_step.ToString()));
        AssertLines(results.Text("job"), Enumerable.Range(0, Count).Select(i => $"line {i}"));
        Assert.True(results.IsSealed("job"));
        Assert.Equal((Count, Count), (results.LineCounts["job"], results.LineCounts[_step.ToString()]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_service_that_misbehaves_at_random_costs_no_line_and_doubles_none(int seed)
    {
        var random = new Random(seed);
        var results = new FakeResults(_server)
        {
            Misbehave = (_, _) =>
            {
                lock (random)
                {
                    return random.Next(10) switch
                    {
                        0 => Mischief.Status500,
                        1 => Mischief.Status429,
                        2 => Mischief.CutBefore,
                        3 or 4 => Mischief.CutAfter,
                        _ => Mischief.None,
                    };
                }
            },
        };
        using var reporter = Reporter(results, TestSetup.Quick with { BlockBytes = 4096, MaxBlockBytes = 8192, MaxRefusals = 100 });

        for (var i = 0; i < 5000; i++)
        {
            reporter.WriteLine(_step, Encoding.UTF8.GetBytes($"line {i}"));
            if (i % 500 == 0)
            {
                await results.Blocks.ReachAsync((i / 500) + 1, Cancelled).WaitAsync(TimeSpan.FromMilliseconds(50), Cancelled).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }

        var notes = await reporter.CompleteAsync();

        Assert.Empty(notes);
        AssertLines(results.Text("job"), Enumerable.Range(0, 5000).Select(i => $"line {i}"));
        Assert.Equal(results.Text("job"), results.Text(_step.ToString()));
    }

    public static TheoryData<bool, bool, bool, bool> Storages => new()
    {
        // Azure condition offset restarted
        { true,  true,  true,  false },
        { true,  true,  false, false },
        { true,  false, true,  true },
        { true,  false, false, true },
        { false, false, false, true },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Storages))]
    public async Task An_append_whose_answer_was_lost_is_not_doubled(bool isAzure, bool hasCondition, bool hasOffset, bool isRestarted)
    {
        var lost = 0;
        var results = new FakeResults(_server)
        {
            IsAzure = isAzure,
            HasCondition = hasCondition,
            HasOffset = hasOffset,
            Misbehave = (_, what) => what == "append" && Interlocked.Exchange(ref lost, 1) == 0 ? Mischief.CutAfter : Mischief.None,
        };
        using var reporter = Reporter(results, TestSetup.Quick with { BlockBytes = 512, MaxBlockBytes = 512 });

        for (var i = 0; i < 40; i++)
        {
            reporter.WriteLine(null, Encoding.UTF8.GetBytes($"line {i}"));
        }

        await reporter.CompleteAsync();

        AssertLines(results.Text("job"), Enumerable.Range(0, 40).Select(i => $"line {i}"));
        Assert.Equal(isRestarted ? 2 : 1, results.Calls.Count(call => call == "create job"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_blob_that_vanished_is_made_anew_from_the_spool()
    {
        var vanished = 0;
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick with { BlockBytes = 512, MaxBlockBytes = 512 });
        results.Misbehave = (_, what) =>
        {
            if (what == "append" && Interlocked.Increment(ref vanished) == 3)
            {
                results.Forget("job");
            }

            return Mischief.None;
        };

        for (var i = 0; i < 40; i++)
        {
            reporter.WriteLine(null, Encoding.UTF8.GetBytes($"line {i}"));
        }

        Assert.Empty(await reporter.CompleteAsync());

        AssertLines(results.Text("job"), Enumerable.Range(0, 40).Select(i => $"line {i}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_small_log_goes_in_one_request_and_a_step_without_lines_has_none()
    {
        var results = new FakeResults(_server);
        using var reporter = Reporter(results);
        var silent = StepId.New();

        reporter.WriteLine(_step, "hello"u8);
        reporter.StepLogEnded(_step);
        reporter.StepLogEnded(silent);
        await reporter.CompleteAsync();

        Assert.Equal(
            ["metadata " + _step, "metadata job", "put " + _step, "put job"],
            results.Calls.Order(StringComparer.Ordinal));
        Assert.False(results.Has(silent.ToString()));
        Assert.Matches(StampedHello(), results.Text(_step.ToString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kept_address_that_is_refused_is_replaced_without_a_pause()
    {
        var refused = 0;
        var results = new FakeResults(_server) { Misbehave = (_, what) => what == "put" && Interlocked.Exchange(ref refused, 1) == 0 ? Mischief.Status403 : Mischief.None };
        using var reporter = Reporter(results, time: new FakeTimeProvider()); // it stands still
        reporter.WriteLine(null, "hello"u8);
        await results.Requests("url").ReachAsync(1, Cancelled);

        var notes = await reporter.CompleteAsync();

        Assert.Empty(notes);
        Assert.EndsWith(" hello\n", results.Text("job"), StringComparison.Ordinal);
        Assert.Equal(2, results.Requests("url").Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_address_that_cannot_be_had_ahead_costs_nothing()
    {
        var results = new FakeResults(_server) { Misbehave = (number, _) => number == 1 ? Mischief.Status403 : Mischief.None };
        using var reporter = Reporter(results, TestSetup.Quick with { MaxRefusals = 1 }, new FakeTimeProvider());
        reporter.WriteLine(null, "hello"u8);
        await results.Requests("url").ReachAsync(1, Cancelled);

        Assert.Empty(await reporter.CompleteAsync());

        Assert.EndsWith(" hello\n", results.Text("job"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_that_was_expected_and_did_not_come_is_no_log()
    {
        var results = new FakeResults(_server);
        using var reporter = Reporter(results);

        reporter.StepLogExpected(_step);
        reporter.WriteLine(null, "hello"u8);
        var notes = await reporter.CompleteAsync();

        Assert.Empty(notes);
        Assert.False(results.Has(_step.ToString()));
        Assert.Equal(["metadata job", "put job"], results.Calls.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Blocks_are_appended_while_the_job_runs()
    {
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick with { BlockBytes = 4096 });

        reporter.WriteLine(null, new byte[5000].AsSpan());
        await results.Blocks.ReachAsync(2, Cancelled); // created and appended

        Assert.True(results.Text("job").Length > 5000);
        Assert.False(results.IsSealed("job"));
        await reporter.CompleteAsync();
        Assert.Equal(LineStamp.Length + 5001, results.Text("job").Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_waits_is_sent_after_some_time_even_if_it_is_little()
    {
        var time = new FakeTimeProvider();
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick, time);
        reporter.WriteLine(null, "waiting"u8);

        time.Advance(TestSetup.Quick.FirstPartialDelay);
        await results.Blocks.ReachAsync(2, Cancelled);

        Assert.EndsWith(" waiting\n", results.Text("job"), StringComparison.Ordinal);
        await reporter.CompleteAsync();
        Assert.EndsWith(" waiting\n", results.Text("job"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_sent_yet_is_left_for_the_case_that_the_worker_is_killed()
    {
        var time = new FakeTimeProvider();
        var results = new FakeResults(_server);
        var left = new List<UnsentLog?>();
        using var reporter = Reporter(results, TestSetup.Quick, time, left.Add);

        reporter.WriteLine(null, "first"u8);
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.EndsWith(" first\n", Assert.Single(left)?.Text(), StringComparison.Ordinal);

        time.Advance(TestSetup.Quick.FirstPartialDelay);
        await results.Blocks.ReachAsync(2, Cancelled);
        while (left[^1] is not null)
        {
            Cancelled.ThrowIfCancellationRequested();
            await Task.Yield(); // the answer is on its way
            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        reporter.WriteLine(null, "second"u8);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(results.Text("job").Length, left[^1]?.Position);
        Assert.EndsWith(" second\n", left[^1]?.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("first", left[^1]?.Text(), StringComparison.Ordinal);
        await reporter.CompleteAsync();
        Assert.Null(reporter.Unsent());
    }

    [Fact(Timeout = 60_000)]
    public async Task Newest_lines_are_left_though_they_are_on_no_disk_yet_and_little_room_takes_the_last_ones()
    {
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick with { MaxUnsentBytes = 2048 }, new FakeTimeProvider());
        reporter.WriteLine(null, new byte[100_000]); // into the file at once
        reporter.WriteLine(null, "last"u8);

        var unsent = reporter.Unsent();

        Assert.EndsWith(" last\n", unsent?.Text(), StringComparison.Ordinal);
        Assert.True(LeftLog.ToJson(unsent).Length <= 2048);
        await reporter.CompleteAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Log_that_is_given_up_in_the_middle_of_a_job_ends_nothing_else()
    {
        var time = new FakeTimeProvider();
        var left = new List<UnsentLog?>();
        var results = new FakeResults(_server) { Misbehave = (_, _) => Mischief.Status403 };
        using var reporter = Reporter(results, TestSetup.Quick with { MaxRefusals = 1, BlockBytes = 512 }, time, left.Add);
        reporter.WriteLine(null, new byte[5000]);
        while (reporter.Unsent() is not null)
        {
            Cancelled.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        reporter.WriteLine(null, "later"u8);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(left[^1]);
        Assert.Null(reporter.Unsent());
        Assert.Contains("could not be sent completely", Assert.Single(await reporter.CompleteAsync()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_waits_for_a_timer_at_the_end()
    {
        var time = new FakeTimeProvider(); // it stands still
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick, time);

        reporter.StepChanged(Record(StepStatus.InProgress));
        reporter.WriteLine(_step, "hello"u8);
        reporter.StepChanged(Record(StepStatus.Completed));
        await reporter.CompleteAsync();

        Assert.EndsWith(" hello\n", results.Text("job"), StringComparison.Ordinal);
        Assert.Equal(Protocol.Results.ResultsStatus.Completed, results.Updates.Last().Steps.Single().Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Step_states_are_gathered_and_only_the_newest_counts()
    {
        var time = new FakeTimeProvider();
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick, time);
        var other = StepId.New();

        reporter.StepChanged(Record(StepStatus.Pending));
        await results.AdvanceUntilAsync(time, "steps", 1, Cancelled);

        reporter.StepChanged(Record(StepStatus.InProgress));
        reporter.StepChanged(Record(StepStatus.Completed));
        reporter.StepChanged(Record(StepStatus.InProgress) with { Id = other, Number = 2 });
        await reporter.CompleteAsync();

        Assert.Equal([1L, 2L], results.Updates.Select(update => update.ChangeOrder));
        Assert.Equal(
            [(1, Protocol.Results.ResultsStatus.Completed), (2, Protocol.Results.ResultsStatus.InProgress)],
            results.Updates.Last().Steps.Select(step => (step.Number, step.Status)));
    }

    [Fact(Timeout = 60_000)]
    public async Task States_of_one_moment_are_one_request_and_the_next_comes_half_a_second_later()
    {
        var time = new FakeTimeProvider();
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, new ReportingOptions(), time);

        reporter.StepChanged(Record(StepStatus.Pending));
        time.Advance(TimeSpan.FromMilliseconds(200));
        reporter.StepChanged(Record(StepStatus.InProgress));
        await results.AdvanceUntilAsync(time, "steps", 1, Cancelled);
        var first = time.GetUtcNow();
        reporter.StepChanged(Record(StepStatus.Completed));
        await results.AdvanceUntilAsync(time, "steps", 2, Cancelled);
        var second = time.GetUtcNow();
        await reporter.CompleteAsync();

        Assert.True(second - first >= TimeSpan.FromMilliseconds(500));
        Assert.Equal(
            [Protocol.Results.ResultsStatus.InProgress, Protocol.Results.ResultsStatus.Completed], results.Updates.Select(update => update.Steps.Single().Status));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_step_state_whose_answer_was_lost_is_sent_under_a_new_number()
    {
        var lost = 0;
        var results = new FakeResults(_server) { Misbehave = (_, what) => what == "steps" && Interlocked.Exchange(ref lost, 1) == 0 ? Mischief.CutAfter : Mischief.None };
        using var reporter = Reporter(results);

        reporter.StepChanged(Record(StepStatus.Completed));
        await reporter.CompleteAsync();

        Assert.Equal([1L, 2L], results.Updates.Select(update => update.ChangeOrder));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_summary_is_put_and_told()
    {
        var results = new FakeResults(_server) { Misbehave = (number, _) => number <= 3 ? Mischief.Status500 : Mischief.None };
        using var reporter = Reporter(results);

        reporter.AddSummary(_step, "# Done"u8.ToArray());
        var notes = await reporter.CompleteAsync();

        Assert.Empty(notes);
        Assert.Equal("# Done", results.Text(_step.ToString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_fails_for_ever_is_given_up_when_asked_and_that_is_told()
    {
        var results = new FakeResults(_server) { Misbehave = (_, _) => Mischief.Status500 };
        using var giveUp = new CancellationTokenSource();
        using var reporter = Reporter(results, giveUp: giveUp);
        reporter.WriteLine(_step, "hello"u8);

        var completion = reporter.CompleteAsync();
        Assert.False(completion.IsCompleted);
        await giveUp.CancelAsync();

        Assert.Equal(
            ["2 of the job's 2 logs and summaries could not be sent completely to GitHub. The result of the job is not affected."],
            await completion);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_refuses_again_and_again_is_given_up_by_itself()
    {
        var results = new FakeResults(_server) { Misbehave = (_, _) => Mischief.Status403 };
        using var reporter = Reporter(results);
        reporter.WriteLine(null, "hello"u8);

        var notes = await reporter.CompleteAsync();

        Assert.Single(notes);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_is_away_for_half_a_minute_costs_only_time()
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        var results = new FakeResults(_server) { Misbehave = (_, _) => time.GetUtcNow() - start < TimeSpan.FromSeconds(30) ? Mischief.Status500 : Mischief.None };
        using var reporter = Reporter(results, new ReportingOptions(), time);
        reporter.StepChanged(Record(StepStatus.Completed));
        reporter.WriteLine(_step, "hello"u8);

        var completion = reporter.CompleteAsync();
        while (!completion.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancelled); // a call has its 100 s in a second at least
        }

        Assert.Empty(await completion);
        Assert.EndsWith(" hello\n", results.Text(_step.ToString()), StringComparison.Ordinal);

        // The clock may outrun the wire: an update is given up then and sent again under a higher order, and the two may arrive in either.
        Assert.NotEmpty(results.Updates);
        Assert.All(results.Updates, update => Assert.Equal(Protocol.Results.ResultsStatus.Completed, Assert.Single(update.Steps).Status));
        Assert.Distinct(results.Updates.Select(update => update.ChangeOrder));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_of_many_threads_have_the_same_order_and_times_in_both_logs()
    {
        var results = new FakeResults(_server);
        using var reporter = Reporter(results, TestSetup.Quick);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    reporter.WriteLine(_step, Encoding.UTF8.GetBytes($"{thread} {i}"));
                }
            },
            Cancelled,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        await reporter.CompleteAsync();

        var lines = results.Text("job").Split('\n');
        Assert.Equal(results.Text("job"), results.Text(_step.ToString()));
        Assert.Equal(8001, lines.Length);
        var stamps = lines[..^1].Select(line => line[..28]).ToArray();
        Assert.Equal(stamps.Order(StringComparer.Ordinal), stamps);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_disk_that_takes_nothing_costs_lines_which_are_counted_in_the_logs_and_told_and_errors_arrive()
    {
        const int Count = 100_000;
        var results = new FakeResults(_server);
        await File.WriteAllTextAsync(_folder["in-the-way"], "", Cancelled);
        using var reporter = TestSetup.Reporter(_folder["in-the-way/logs"], results, TestSetup.Quick, TimeProvider.System, leave: null, Cancelled);

        for (var i = 0; i < Count; i++)
        {
            reporter.WriteLine(_step, "a line of some length"u8);
        }

        reporter.WriteLine(_step, "##[error]No space left on device"u8);
        reporter.StepLogEnded(_step);
        var notes = await reporter.CompleteAsync();

        var lines = results.Text("job").TrimEnd('\n').Split('\n');
        var kept = lines.Count(line => line.EndsWith("a line of some length", StringComparison.Ordinal));
        Assert.InRange(kept, 1, Count - 1);
        Assert.EndsWith($" ##[warning]{Count - kept} line(s) are missing here: the runner's disk took nothing", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith(" ##[error]No space left on device", lines[^1], StringComparison.Ordinal);
        Assert.Equal(results.Text("job"), results.Text(_step.ToString()));
        Assert.StartsWith($"{Count - kept} line(s) of the job's log are missing: the runner's disk took nothing (", Assert.Single(notes), StringComparison.Ordinal);
    }

    private GitHubReporter Reporter(
        FakeResults results, ReportingOptions? options = null, TimeProvider? time = null, Action<UnsentLog?>? leave = null, CancellationTokenSource? giveUp = null) =>
        TestSetup.Reporter(_folder.FullPath, results, options, time, leave, giveUp?.Token ?? Cancelled);

    private StepRecord Record(StepStatus status) => new() { Id = _step, Number = 1, Name = "Run it", Status = status };

    private static void AssertLines(string log, IEnumerable<string> expected)
    {
        var lines = log.Split('\n');
        Assert.Equal(string.Empty, lines[^1]);
        Assert.Equal(expected, lines[..^1].Select(line => line[LineStamp.Length..]));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z hello\n$")]
    private static partial Regex StampedHello();
}
