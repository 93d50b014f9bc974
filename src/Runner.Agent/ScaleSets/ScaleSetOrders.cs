using Microsoft.Extensions.Logging;
using Runner.Agent.Pools;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.GitHub.Registration;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>
/// Mode <c>scaleset</c>: a runner is wanted for each job that is assigned to the pool's set and has none. GitHub gives any of these jobs to any
/// of the set's runners, so that it is their number that counts.
/// </summary>
internal sealed class ScaleSetOrders(
    RunnerPool pool, ScaleSetClient client, JobSupervisor supervisor, RegistrationGate gate, TimeProvider time, ILogger logger) : IRunnerOrders
{
    /// <summary>How long a runner waits whose job may have gone: GitHub says nothing, its session would be silent for ever.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    // An assignment lapses after five minutes without a session (scaleset.md section 6.3); once a runner has the job, its lock is ours to keep.
    private static readonly TimeSpan LongestCrowd = TimeSpan.FromMinutes(3);

    private readonly Lock _gate = new();
    private readonly CountDoubts _doubts = new();
    private AssignedJobs _jobs = new(supervisor.Has);
    private readonly IdleSlots _idle = new();
    private int _coming; // runners without a job
    private int? _set;

    /// <summary>Jobs that GitHub counts as the set's.</summary>
    public int Assigned { get; private set; }

    /// <summary>Jobs that are assigned and have no runner.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _jobs.Waiting;
            }
        }
    }

    /// <summary>Whether something waits or is in doubt, so that it is worth asking how GitHub counts: an empty queue does not say it.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _jobs.Waiting > 0 || _coming > 0 || _doubts.IsOpen;
            }
        }
    }

    /// <summary>Says which set it is. What is known of another one is void.</summary>
    public void Use(int set)
    {
        lock (_gate)
        {
            _jobs = _set is { } old && old != set ? new AssignedJobs(supervisor.Has) : _jobs;
            _set = set;
        }
    }

    /// <summary>Reads a message.</summary>
    public void Read(ScaleSetNews news)
    {
        lock (_gate)
        {
            _jobs.Read(news, time.GetUtcNow());
            Signal();
        }

        if (news.Statistics is { } counted)
        {
            Note(counted);
        }
    }

    /// <summary>Holds what is known against GitHub's count.</summary>
    public void Note(ScaleSetStatistics counted)
    {
        int correction;
        lock (_gate)
        {
            Assigned = counted.TotalAssignedJobs;
            correction = _doubts.Judge(_jobs.Waiting, counted, time.GetUtcNow());
            _jobs.Correct(correction);
            Signal();
        }

        if (correction < 0)
        {
            logger.AssignmentsVanished(pool.Name, -correction);
        }
        else if (correction > 0)
        {
            logger.AssignmentsUntold(pool.Name, correction);
        }
    }

    /// <summary>Jobs that can be acquired, no more than are free places, and than the pool takes.</summary>
    /// <param name="offer">What it takes.</param>
    public IReadOnlyList<long> Offers(PoolOffer offer)
    {
        lock (_gate)
        {
            return [.. _jobs.Offers.Take(Math.Max(0, Math.Min(offer.Free, pool.Size - pool.Capacity.InUse - Math.Max(0, _jobs.Waiting - _coming))))];
        }
    }

    /// <summary>Jobs were asked for.</summary>
    public void Asked(IEnumerable<long> requests)
    {
        lock (_gate)
        {
            _jobs.Asked(requests);
        }
    }

    /// <summary>Messages that are done with, the oldest first.</summary>
    public IReadOnlyList<long> Deletable()
    {
        lock (_gate)
        {
            return [.. _jobs.Deletable];
        }
    }

    /// <summary>A message is deleted.</summary>
    public void Deleted(long message)
    {
        lock (_gate)
        {
            _jobs.Deleted(message);
        }
    }

    /// <inheritdoc/>
    public Task<IRunnerOrder> NextAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return IsWanted ? Task.FromResult(NewOrder()) : _idle.WaitAsync().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until more runners are wanted than slots wait for an order.</summary>
    public async Task ShortAsync(CancellationToken cancellationToken)
    {
        while (WhenShort() is { } change)
        {
            await change.WaitAsync(cancellationToken);
        }
    }

    // What is wanted and waits is what no slot that waits has got.
    private Task? WhenShort()
    {
        lock (_gate)
        {
            return IsWanted ? null : _idle.Short;
        }
    }

    private bool IsWanted => _jobs.Waiting > _coming;

    private IRunnerOrder NewOrder()
    {
        _coming++;
        return new Order(this);
    }

    private void Signal() => _idle.Serve(NewOrder, () => IsWanted);

    private bool IsSurplus
    {
        get
        {
            lock (_gate)
            {
                return _jobs.Waiting < _coming;
            }
        }
    }

    private IReadOnlyList<string>? AskedBy(JobId job)
    {
        lock (_gate)
        {
            return _jobs.AskedBy(job);
        }
    }

    private void Took(JobId job)
    {
        lock (_gate)
        {
            _coming--;
            _jobs.Take(job);
        }
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            _coming--;
            Signal();
        }
    }

    private Task<RunnerRegistration> RegisterAsync(CancellationToken cancellationToken) =>
        gate.PassAsync(RegisterNewAsync, cancellationToken);

    private async Task<bool> IsWaitingAsync(RunnerRegistration runner, CancellationToken cancellationToken) =>
        await client.FindRunnerAsync(runner.Name, cancellationToken) is not null;

    private async Task<RunnerRegistration> RegisterNewAsync(CancellationToken cancellationToken)
    {
        const int NameTries = 5;
        for (var attempt = 1; ; attempt++)
        {
            var name = RunnerName.New(pool.NamePrefix);
            try
            {
                return await client.NewRunnerAsync(_set ?? 0, name, cancellationToken) is { Runner: { } runner, EncodedJitConfig: { Length: > 0 } config }
                    ? new RunnerRegistration { RunnerId = runner.Id, Name = runner.Name ?? name, EncodedJitConfig = new Secret(config) }
                    : throw new InfrastructureException("GitHub answered a registration without a JIT configuration");
            }
            catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.RunnerNameTaken && attempt < NameTries)
            {
                // Eight random letters collide by chance never; a server may remember names of the past.
            }
        }
    }

    private async Task<RemovalResult> RemoveAsync(RunnerRegistration runner, CancellationToken cancellationToken)
    {
        try
        {
            await client.RemoveRunnerAsync(runner.RunnerId, cancellationToken);
            return RemovalResult.Removed;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.RunnerNotFound)
        {
            return RemovalResult.Gone;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.RunnerBusy)
        {
            return RemovalResult.Busy;
        }
    }

    private sealed class Order(ScaleSetOrders orders) : IRunnerOrder
    {
        private bool _isDone;

        public bool IsWanted => !orders.IsSurplus;

        public bool IsStanding => false;

        public TimeSpan? Patience => LongestCrowd;

        public Task<RunnerRegistration> RegisterAsync(CancellationToken cancellationToken) => orders.RegisterAsync(cancellationToken);

        public Task<bool> IsWaitingAsync(RunnerRegistration runner, CancellationToken cancellationToken) => orders.IsWaitingAsync(runner, cancellationToken);

        public Task<RemovalResult> RemoveAsync(RunnerRegistration runner, CancellationToken cancellationToken) => orders.RemoveAsync(runner, cancellationToken);

        public bool MayLeave(TimeSpan waited) => waited >= LongestWait && orders.IsSurplus;

        public IReadOnlyList<string>? AskedBy(JobId job) => orders.AskedBy(job);

        public void Took(JobId job)
        {
            if (!_isDone)
            {
                _isDone = true;
                orders.Took(job);
            }
        }

        public void Dispose()
        {
            if (!_isDone)
            {
                _isDone = true;
                orders.GiveUp();
            }
        }
    }
}
