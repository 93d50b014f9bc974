using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Testing;

namespace Runner.Backends.Tests;

public sealed class JobLifetimeTests : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly JobEnd Good = new() { WorkerStarted = true };

    private static readonly JobLaunch Launch = new() { Job = Some.Job(), Runner = Some.Runner(), MessageSeen = DateTimeOffset.UnixEpoch };

    private readonly WaitableTime _time = new();
    private readonly FakeSite _site = new();
    private int _forgotten;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_did_not_hear_is_asked_again_until_it_does()
    {
        await using var life = Begin();
        _site.HearsAt = 2;

        await life.CancelAsync(TimeSpan.FromMinutes(1), Token);
        await PassAsync(Pause, times: 1);
        await PassAsync(Pause, times: 2);
        _time.Advance(Pause);

        Assert.Equal(["ask 0", "ask 1", "ask 2"], _site.Calls);
        _site.End.SetResult(Good);
        await life.Ended;
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_heard_and_does_not_end_is_killed_after_the_grace_and_again_until_it_has_ended()
    {
        await using var life = Begin();

        await life.CancelAsync(Grace, Token);
        await PassAsync(Grace, times: 1);
        Assert.Equal(Grace, life.GraceThatPassed);
        await PassAsync(KillPause, times: 1);
        await _time.Waits(KillPause, count: 2);
        _site.End.SetResult(Good);
        await life.Ended;
        _time.Advance(KillPause * 2);

        Assert.Equal(["ask 0", "kill", "kill"], _site.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_that_could_not_be_asked_for_is_the_callers_to_try_again()
    {
        await using var life = Begin();
        _site.Fails = true;

        await Assert.ThrowsAsync<InfrastructureException>(() => life.CancelAsync(Grace, Token));
        Assert.Null(life.Grace);
        _site.Fails = false;
        await life.CancelAsync(Grace, Token);

        Assert.Equal(Grace, life.Grace);
        Assert.Equal(["ask 0", "ask 0"], _site.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Failures_after_the_first_try_do_not_end_the_trying()
    {
        await using var life = Begin();
        _site.HearsAt = int.MaxValue;
        await life.CancelAsync(Grace, Token);
        _site.Fails = true;

        await PassAsync(Pause, times: 1);
        await PassAsync(Pause, times: 2);
        await PassAsync(Grace - (2 * Pause), times: 1);
        await PassAsync(KillPause, times: 1);
        await _time.Waits(KillPause, count: 2);

        Assert.Equal(["ask 0", "ask 1", "ask 2", "kill", "kill"], _site.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Second_cancel_changes_nothing()
    {
        await using var life = Begin();

        await life.CancelAsync(Grace, Token);
        await life.CancelAsync(TimeSpan.Zero, Token);

        Assert.Equal((Grace, 1), (life.Grace, _site.Calls.Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_ended_is_not_asked_to()
    {
        await using var life = Begin();
        _site.End.SetResult(Good);
        await life.Ended;

        await life.CancelAsync(Grace, Token);

        Assert.Empty(_site.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Released_job_runs_on_unasked_and_unremoved()
    {
        var life = Begin();
        await life.CancelAsync(Grace, Token);

        life.Release();
        life.Release();
        await life.DisposeAsync();
        _time.Advance(Grace + KillPause);

        Assert.Equal(["ask 0", "let go", "dispose"], _site.Calls);
        Assert.Equal((true, true, 1), (life.Ended.IsCanceled, life.Started.IsCanceled, _forgotten));
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_runs_when_it_is_disposed_is_removed_and_told_as_stopped()
    {
        var life = Begin();
        _site.Life!.MarkStarted(new LaunchTimes());

        await life.DisposeAsync();
        await life.DisposeAsync();

        var end = await life.Ended;
        Assert.Equal((FailureReason.Deleted, true), (end.Failure, end.WorkerStarted));
        Assert.Equal(["remove", "dispose"], _site.Calls);
        Assert.Equal(1, _forgotten);
    }

    [Fact(Timeout = 30_000)]
    public async Task Removal_that_fails_lets_the_others_go_on()
    {
        var life = Begin();
        _site.End.SetResult(Good);
        await life.Ended;
        _site.Fails = true;

        await life.DisposeAsync();

        Assert.Equal(["remove", "dispose"], _site.Calls);
        Assert.Same(Good, await life.Ended);
        Assert.Equal(1, _forgotten);
    }

    [Fact(Timeout = 30_000)]
    public async Task Removal_that_is_not_allowed_is_told_and_lets_go_of_the_job_all_the_same()
    {
        var life = Begin();
        _site.Failure = new UnauthorizedAccessException("files of another user");

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => life.DisposeAsync().AsTask());

        Assert.Equal(["remove", "dispose"], _site.Calls);
        Assert.Equal(1, _forgotten);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_under_way_ends_when_the_job_is_let_go_of()
    {
        var life = Begin();
        _site.IsMute = true;

        var cancelling = life.CancelAsync(Grace, Token);
        life.Release();
        await cancelling;

        Assert.Equal(["ask 0", "let go"], _site.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task End_that_comes_after_the_job_was_let_go_of_is_told_to_nobody()
    {
        var life = Begin();

        life.Release();
        _site.End.SetResult(Good);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => life.Ended);
    }

    [Fact(Timeout = 30_000)]
    public async Task Start_that_never_came_is_told_with_the_end()
    {
        await using var life = Begin();

        _site.End.SetResult(new JobEnd { Failure = FailureReason.ImagePull });
        await life.Ended;

        Assert.True(life.Started.IsCanceled);
        Assert.True(life.Settled.IsCancellationRequested);
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_can_be_read_while_the_worker_runs()
    {
        await using var life = Begin();
        var before = await life.OpenLogAsync(follows: false, last: 7, Token);
        _site.Life?.MarkStarted(new LaunchTimes());
        var meanwhile = await life.OpenLogAsync(follows: true, last: 7, Token);
        _site.End.SetResult(Good);
        await life.Ended;

        Assert.Null(before);
        Assert.NotNull(meanwhile);
        Assert.Null(await life.OpenLogAsync(follows: true, last: 7, Token));
        Assert.Equal(["log True 7"], _site.Calls);
    }

    private JobLifetime Begin() => new(Launch, _site, () => _forgotten++, _time, NullLogger.Instance);

    // Lets the pause pass that the life is in for the given time, and waits until its call was made.
    private async Task PassAsync(TimeSpan pause, int times)
    {
        await _time.Waits(pause, times);
        _time.Advance(pause);
        await _site.NextCallAsync(Token);
    }

    private sealed class FakeSite : IJobSite
    {
        private readonly Channel<string> _repeated = Channel.CreateUnbounded<string>();

        public List<string> Calls { get; } = [];

        public int HearsAt { get; set; }

        public bool Fails
        {
            set => Failure = value ? new InfrastructureException("it does not answer") : null;
        }

        public Exception? Failure { get; set; }

        public bool IsMute { get; set; }

        public JobLifetime? Life { get; private set; }

        public TaskCompletionSource<JobEnd> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Location => "somewhere";

        public IAsyncEnumerable<WorkerEvent> Events => AsyncEnumerable.Empty<WorkerEvent>();

        public ValueTask<string> NextCallAsync(CancellationToken cancellationToken) => _repeated.Reader.ReadAsync(cancellationToken);

        public Task<JobEnd> RunAsync(JobLifetime life, CancellationToken cancellationToken)
        {
            Life = life;
            return End.Task.WaitAsync(cancellationToken);
        }

        public Task<Stream?> OpenLogAsync(bool follows, int last, CancellationToken cancellationToken)
        {
            Calls.Add($"log {follows} {last}");
            return Task.FromResult<Stream?>(Stream.Null);
        }

        public async Task<bool> AskToCancelAsync(TimeSpan grace, int earlierTries, CancellationToken cancellationToken)
        {
            Note($"ask {earlierTries}", isRepeated: earlierTries > 0);
            if (IsMute)
            {
                await End.Task.WaitAsync(cancellationToken);
            }

            return earlierTries >= HearsAt;
        }

        public Task KillAsync(CancellationToken cancellationToken)
        {
            Note("kill", isRepeated: true);
            return Task.CompletedTask;
        }

        public Task RemoveAsync(JobLifetime life, CancellationToken cancellationToken)
        {
            Note("remove", isRepeated: false);
            return Task.CompletedTask;
        }

        public void LetGo() => Calls.Add("let go");

        public ValueTask DisposeAsync()
        {
            Calls.Add("dispose");
            return ValueTask.CompletedTask;
        }

        private void Note(string call, bool isRepeated)
        {
            Calls.Add(call);
            if (isRepeated)
            {
                _repeated.Writer.TryWrite(call);
            }

            if (Failure is { } failure)
            {
                throw failure;
            }
        }
    }
}
