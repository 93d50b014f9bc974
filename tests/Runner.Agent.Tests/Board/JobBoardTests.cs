using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Board;
using Runner.Agent.Contracts;
using Runner.Agent.Tests.Supervision;
using Runner.Backends;
using Runner.GitHub.Limits;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Agent.Tests.Board;

public sealed class JobBoardTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly GitHubBoard _github;
    private readonly JobBoard _board;

    public JobBoardTests()
    {
        _github = new GitHubBoard(_time);
        _board = new JobBoard(_github, new Uri("https://github.test/acme"), _time);
    }

    [Fact]
    public void Job_is_shown_from_its_message_to_its_end()
    {
        var launch = Launches.Of(WithGitHub(Some.Job(), ("repository", "acme/widgets"), ("run_id", "77"), ("run_number", "5"), ("workflow", "CI"), ("ref_name", "main")));
        _github.Told([(launch.JobId.ToString(), Start.AddSeconds(-30), false)]);

        _board.Taken(launch, isAdopted: false);
        _board.Waits(launch.JobId, "the quota has no room");
        var waiting = Assert.Single(_board.Read().Jobs);
        _board.Placed(launch.JobId, "pod-1");
        var starting = Assert.Single(_board.Read().Jobs);
        _board.Runs(launch.JobId, new LaunchTimes { PodCreated = Start, Scheduled = Start.AddSeconds(1), ContainersStarted = Start.AddSeconds(2) });
        var running = Assert.Single(_board.Read().Jobs);
        var outcome = new WorkerOutcome { IsReported = true, Conclusion = Conclusion.Succeeded, FirstStep = Start.AddSeconds(3), LastStepEnded = Start.AddSeconds(9) };
        _board.Over(launch.JobId, new JobEnd { Outcome = outcome });
        _time.Advance(TimeSpan.FromSeconds(10));
        _board.Ended(launch.JobId, Verdict(Conclusion.Succeeded));
        var (jobs, ended, failures) = _board.Read();

        Assert.Equal((JobState.Waiting, "the quota has no room", Start.AddSeconds(-30)), (waiting.State, waiting.Why, waiting.Times.Queued));
        Assert.Equal(("CI", "acme/widgets", "main", "5"), (waiting.Workflow, waiting.Repository, waiting.Ref, waiting.RunNumber));
        Assert.Equal(new Uri("https://github.test/acme/widgets/actions/runs/77"), waiting.RunUrl);
        Assert.Equal((JobState.Starting, "pod-1", null), (starting.State, starting.Place, starting.Why));
        Assert.Equal((JobState.Running, Start.AddSeconds(2)), (running.State, running.Times.Started));
        Assert.Empty(jobs);
        Assert.Empty(failures);
        var job = Assert.Single(ended);
        Assert.Equal((JobState.Ended, Conclusion.Succeeded, Start.AddSeconds(9), Start.AddSeconds(10)), (job.State, job.Conclusion, job.Times.LastStep, job.Times.Ended));
    }

    [Fact]
    public void Job_is_linked_by_its_number_where_GitHub_tells_it()
    {
        var message = WithGitHub(Some.Job(), ("repository", "acme/widgets"), ("run_id", "77"));
        message = With(message, "job", new DictionaryData([KeyValuePair.Create<string, ContextData>("check_run_id", new NumberData(4711))]));

        Assert.Equal(new Uri("https://github.test/acme/widgets/actions/runs/77/job/4711"), JobFacts.Of(message, new Uri("https://github.test/acme")).JobUrl);
    }

    [Theory]
    [InlineData("acme/widgets/../../evil", "77")]
    [InlineData("javascript:alert(1)//", "77")]
    [InlineData("acme/widgets", "77?x=1")]
    [InlineData("//evil.test/x", "77")]
    public void Words_that_are_no_repository_and_no_run_make_no_link(string repository, string run) =>
        Assert.Null(JobFacts.Of(WithGitHub(Some.Job(), ("repository", repository), ("run_id", run)), new Uri("https://github.test/acme")).RunUrl);

    [Fact]
    public void Names_are_bounded_and_turn_no_text_around_them()
    {
        var name = new string('x', 5000) + "\u202e";

        Assert.Equal(200, JobFacts.Of(Some.Job(name: name), server: null).Name.Length);
        Assert.Equal("a b c", JobFacts.Of(Some.Job(name: "a\u202eb\nc"), server: null).Name);
    }

    [Fact]
    public void Place_that_was_lost_is_told_and_the_times_of_the_next_one_are_its_own()
    {
        var launch = Launches.Of(Some.Job());
        _board.Taken(launch, isAdopted: false);
        _board.Placed(launch.JobId, "pod-1");

        _board.Replaced(launch.JobId, "the node went away");

        var job = Assert.Single(_board.Read().Jobs);
        Assert.Equal((JobState.Waiting, null, "the node went away", 1, null), (job.State, job.Place, job.Why, job.Attempt, job.Times.Created));
    }

    [Fact]
    public void Causes_of_failures_are_counted_with_the_last_job_of_each()
    {
        for (var number = 0; number < 3; number++)
        {
            var launch = Launches.Of(Some.Job(name: $"job {number}"));
            _board.Taken(launch, isAdopted: false);
            _board.Ended(launch.JobId, Verdict(Conclusion.Failed) with { Reason = number == 1 ? "image_pull" : "none", Message = $"message {number}" });
        }

        Assert.Equal([("none", 2, "job 2", "message 2"), ("image_pull", 1, "job 1", "message 1")], _board.Read().Failures.Select(failure => (failure.Reason, failure.Count, failure.LastName, failure.LastMessage)));
    }

    [Fact]
    public void Job_that_cannot_be_run_is_a_failure_too()
    {
        _board.Refused(Some.Job(name: "odd"), "test", "runner-1", Start, JobVerdict.Failed("unplaceable", "no such size", isInfrastructure: false));

        Assert.Equal("odd", Assert.Single(_board.Read().Ended).Name);
        Assert.Equal("unplaceable", Assert.Single(_board.Read().Failures).Reason);
    }

    [Fact]
    public void Only_the_last_jobs_that_ended_are_kept()
    {
        for (var number = 0; number < JobBoard.MaxEnded + 5; number++)
        {
            var launch = Launches.Of(Some.Job(name: $"job {number}"));
            _board.Taken(launch, isAdopted: false);
            _board.Ended(launch.JobId, Verdict(Conclusion.Succeeded));
        }

        var ended = _board.Read().Ended;
        Assert.Equal((JobBoard.MaxEnded, $"job {JobBoard.MaxEnded + 4}"), (ended.Length, ended[0].Name));
    }

    [Fact]
    public void Job_that_another_agent_has_now_is_forgotten()
    {
        var launch = Launches.Of(Some.Job());
        _board.Taken(launch, isAdopted: true);

        _board.Left(launch.JobId);

        Assert.Empty(_board.Read().Jobs);
        Assert.Empty(_board.Read().Ended);
    }

    [Fact]
    public void GitHubs_limits_and_queues_are_the_last_that_it_told()
    {
        _github.Called(new GitHubCall(200, "core", 5000, 4999, Start.AddHours(1), RetryAfter: null));
        _github.Called(new GitHubCall(403, "core", 5000, 0, Start.AddHours(1), TimeSpan.FromMinutes(5)));
        _github.Called(new GitHubCall(200, "something of the server's own", 1, 1, Start, RetryAfter: null));
        _github.Counted("linux", available: 2, assigned: 7, running: 4);

        Assert.Equal(
            [new LimitView("core", 5000, 0, Start.AddHours(1), Start.AddMinutes(5)), new LimitView("other", 1, 1, Start, ClosedUntil: null)], _github.Limits);
        Assert.Equal(5, _github.QueueOf("linux")?.Queued);
        Assert.Null(_github.QueueOf("windows"));
    }

    private static JobVerdict Verdict(Conclusion conclusion) => new() { Action = VerdictAction.None, Conclusion = conclusion };

    private static JobMessage WithGitHub(JobMessage job, params (string Name, string Value)[] entries) =>
        With(job, "github", DictionaryData.FromStrings(entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Value))));

    private static JobMessage With(JobMessage job, string context, ContextData data) => job with
    {
        ContextData = new Dictionary<string, ContextData>(job.ContextData) { [context] = data },
    };
}
