using System.Collections.Concurrent;
using System.Threading.Channels;
using Runner.Agent.Contracts;
using Runner.Agent.Tests.Supervision;
using Runner.GitHub.Registration;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Broker;

namespace Runner.Agent.Tests.Sources;

/// <summary>GitHub as a slot sees it: registrations, sessions, offers. It keeps the rule that a registration is good for one session's life.</summary>
internal sealed class ScriptedGitHub(TimeProvider time) : IRunnerRegistrar, IRunnerSessions
{
    private readonly ConcurrentQueue<Exception> _refusals = new();
    private readonly ConcurrentQueue<Exception> _closedDoors = new();
    private readonly Channel<ScriptedSession> _opened = Channel.CreateUnbounded<ScriptedSession>();
    private long _lastId;

    public ConcurrentDictionary<long, string> Registered { get; } = new();

    public int Registrations => (int)Interlocked.Read(ref _lastId);

    /// <summary>Called before a registration is removed.</summary>
    public Action? Removing { get; set; }

    /// <summary>The next registration throws this.</summary>
    public void Refuse(Exception error) => _refusals.Enqueue(error);

    /// <summary>The next session to be opened throws this.</summary>
    public void RefuseSession(Exception error, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _closedDoors.Enqueue(error);
        }
    }

    /// <summary>GitHub forgets a runner, as it does of an ephemeral one that it assigns a job.</summary>
    public void Forget(string runner) => Registered.TryRemove(Registered.Single(pair => pair.Value == runner));

    /// <summary>The next session that a slot opens.</summary>
    public ValueTask<ScriptedSession> NextSessionAsync() => _opened.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Whether a slot has opened a session that nobody took yet.</summary>
    public bool HasSession => _opened.Reader.TryPeek(out _);

    public Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        if (_refusals.TryDequeue(out var error))
        {
            return Task.FromException<RunnerRegistration>(error);
        }

        var id = Interlocked.Increment(ref _lastId);
        Registered[id] = $"{request.NamePrefix}{id}";
        return Task.FromResult(new RunnerRegistration { RunnerId = id, Name = Registered[id], EncodedJitConfig = new Secret("e30=") });
    }

    public Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RegisteredRunner>>([.. Registered.Select(runner => new RegisteredRunner(runner.Key, runner.Value, IsOnline: false, IsBusy: runner.Key % 2 == 0) { Labels = ["linux"] })]);

    public Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken) => Task.FromResult(
        Registered.Where(runner => runner.Value == name).Select(runner => new RegisteredRunner(runner.Key, runner.Value, IsOnline: true, IsBusy: false)).FirstOrDefault());

    public Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken)
    {
        Removing?.Invoke();
        return Task.FromResult(Registered.TryRemove(runnerId, out _) ? RemovalResult.Removed : RemovalResult.Gone);
    }

    public IRunnerSession Resume(Secret encodedJitConfig) => Resumed ?? throw new InvalidOperationException("no session is to be resumed");

    /// <summary>The session of an agent that is gone.</summary>
    public ScriptedSession? Resumed { get; set; }

    /// <summary>Whether no session can be prepared.</summary>
    public bool CannotPrepare { get; set; }

    /// <summary>Names of the runners whose sessions were prepared.</summary>
    public ConcurrentQueue<string> Prepared { get; } = new();

    public async Task<IRunnerSession> OpenAsync(RunnerRegistration registration, CancellationToken cancellationToken)
    {
        var session = new ScriptedSession(registration.Name, time, Open);
        await session.ReopenAsync(cancellationToken);
        return session;
    }

    public Task<IRunnerSession?> PrepareAsync(RunnerRegistration registration, CancellationToken cancellationToken)
    {
        Prepared.Enqueue(registration.Name);
        return Task.FromResult<IRunnerSession?>(CannotPrepare ? null : new ScriptedSession(registration.Name, time, Open));
    }

    private Task Open(ScriptedSession session)
    {
        if (_closedDoors.TryDequeue(out var error))
        {
            return Task.FromException(error);
        }

        _opened.Writer.TryWrite(session);
        return Task.CompletedTask;
    }
}

/// <summary>A session that says what a test puts into it.</summary>
internal sealed class ScriptedSession(string runner, TimeProvider time, Func<ScriptedSession, Task>? open = null) : IRunnerSession
{
    private bool _isOpen = open is null;

    private readonly Channel<object?> _answers = Channel.CreateUnbounded<object?>();
    private readonly ConcurrentQueue<object> _acquisitions = new();

    public string RunnerName => runner;

    public int Reopened { get; private set; }

    public bool IsClosed { get; private set; }

    public bool EndsWithItsJob { get; set; }

    public bool IsPolling { get; private set; }

    public ConcurrentQueue<RunnerStatus> Polls { get; } = new();

    public ConcurrentDictionary<Guid, ScriptedJobService> Services { get; } = new();

    /// <summary>Offers a job and lets it be acquired.</summary>
    public void Offer(JobMessage job)
    {
        _acquisitions.Enqueue(job);
        Say(new JobOffered(1, new RunnerJobRequest { RunnerRequestId = "1" }));
    }

    /// <summary>Offers a job whose acquisition throws.</summary>
    public void Offer(Exception error)
    {
        _acquisitions.Enqueue(error);
        Say(new JobOffered(1, new RunnerJobRequest { RunnerRequestId = "1" }));
    }

    /// <summary>Answers a poll.</summary>
    public void Say(IncomingMessage message) => _answers.Writer.TryWrite(message);

    /// <summary>Answers a poll with nothing.</summary>
    public void SayNothing() => _answers.Writer.TryWrite(null);

    /// <summary>Whether every poll is answered at once with nothing, as GitHub answers for a runner that is used up.</summary>
    public bool IsHollow { get; set; }

    /// <summary>Fails a poll.</summary>
    public void Fail(Exception error) => _answers.Writer.TryWrite(error);

    public async Task<IncomingMessage?> NextAsync(RunnerStatus status, CancellationToken cancellationToken)
    {
        Polls.Enqueue(status);
        if (IsHollow)
        {
            return null;
        }

        IsPolling = true;
        try
        {
            return await _answers.Reader.ReadAsync(cancellationToken) is var answer && answer is Exception error ? throw error : (IncomingMessage?)answer;
        }
        finally
        {
            IsPolling = false;
        }
    }

    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            Reopened++;
            return;
        }

        await (open?.Invoke(this) ?? Task.CompletedTask);
        _isOpen = true;
    }

    public Task AcknowledgeAsync(RunnerJobRequest offer, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken)
    {
        Assert.True(_acquisitions.TryDequeue(out var acquisition));
        return acquisition is JobMessage job
            ? Task.FromResult(new AcquiredJob(job, Services.GetOrAdd(job.JobId.Value, _ => new ScriptedJobService(job.JobId, time))))
            : Task.FromException<AcquiredJob>((Exception)acquisition);
    }

    public Task CloseAsync(CancellationToken cancellationToken)
    {
        IsClosed = true;
        return Task.CompletedTask;
    }

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}
