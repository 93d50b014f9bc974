using System.Text.Json;
using Prometheus;
using Runner.Agent.Configuration;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Monitoring;

/// <summary>
/// All metrics of the agent. Label sets are bounded: pools are configured, conclusions, reasons and phases are fixed. What is counted stands at 0
/// from the start, as a rule over an increase does not see a series' first value.
/// </summary>
internal sealed class AgentMetrics
{
    private static readonly string[] HoldBacks = ["failing", "quota", "unplaceable"];

    private readonly Gauge _queued;
    private readonly Gauge _running;
    private readonly Gauge _capacity;
    private readonly Gauge _stopped;
    private readonly Gauge _heldBack;
    private readonly Counter _taken;
    private readonly Counter _adopted;
    private readonly Counter _jobs;
    private readonly Counter _replacements;
    private readonly Counter _rerunsOwed;
    private readonly Counter _reruns;
    private readonly Histogram _phases;
    private readonly Histogram _durations;

    /// <summary>Makes the metrics in a registry of their own, so that two agents in one process do not add up.</summary>
    public AgentMetrics()
        : this(new UsageOptions())
    {
    }

    /// <summary>The same, with metrics by names of jobs where the settings ask for them.</summary>
    public AgentMetrics(UsageOptions usage)
    {
        Registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(Registry);
        GitHub = new GitHubMetrics(factory);
        Sets = new ScaleSetMetrics(factory);
        Queue = new QueueMetrics(factory);
        Usage = new UsageMetrics(factory, usage);
        _queued = factory.CreateGauge("runner_queue_jobs", "Jobs taken whose worker does not run yet.", "pool");
        _running = factory.CreateGauge("runner_jobs_running", "Jobs whose worker runs.", "pool");
        _capacity = factory.CreateGauge("runner_capacity_jobs", "Most jobs at a time; of a scale set they count where its session is.", "pool");
        _stopped = factory.CreateGauge("runner_pool_stopped", "1 while the pool takes no jobs because none can be started.", "pool");
        _heldBack = factory.CreateGauge(
            "runner_pool_held_back_jobs", "Free places for which no jobs are taken, by reason: failing, quota, unplaceable. Jobs for them wait at GitHub.", "pool", "reason");
        _taken = factory.CreateCounter("runner_jobs_taken_total", "Jobs that this agent took from GitHub.", "pool");
        _adopted = factory.CreateCounter("runner_jobs_adopted_total", "Jobs of an agent that was gone, looked after from then on.", "pool");
        _jobs = factory.CreateCounter("runner_jobs_total", "Jobs that ended.", "pool", "conclusion", "reason");
        _replacements = factory.CreateCounter("runner_job_replacements_total", "Places lost before their worker started, and replaced.", "pool", "reason");
        _rerunsOwed = factory.CreateCounter("runner_reruns_owed_total", "Jobs whose place was taken away, to be run again.", "pool", "cause");
        _reruns = factory.CreateCounter("runner_reruns_total", "Jobs that GitHub was asked to run again.", "pool", "cause");
        _phases = factory.CreateHistogram(
            "runner_job_phase_seconds",
            "Time from one moment of a job to the next: message seen, created, scheduled, containers_started, first_step; total is all of it.",
            ["pool", "phase"],
            new HistogramConfiguration { Buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800] });
        _durations = factory.CreateHistogram(
            "runner_job_seconds",
            "Time from a job's message to its end.",
            ["pool", "conclusion"],
            new HistogramConfiguration { Buckets = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 43_200, 86_400, 432_000] });
    }

    /// <summary>Where the metrics are collected.</summary>
    public CollectorRegistry Registry { get; }

    /// <summary>What the agent has to do with GitHub.</summary>
    public GitHubMetrics GitHub { get; }

    /// <summary>The scale sets of the pools that have one.</summary>
    public ScaleSetMetrics Sets { get; }

    /// <summary>Those of what waits at GitHub.</summary>
    public QueueMetrics Queue { get; }

    /// <summary>Those of what jobs used.</summary>
    public UsageMetrics Usage { get; }

    /// <summary>A pool was opened.</summary>
    public void PoolOpened(string pool, int capacity)
    {
        _capacity.WithLabels(pool).Set(capacity);
        _queued.WithLabels(pool).Set(0);
        _running.WithLabels(pool).Set(0);
        _stopped.WithLabels(pool).Set(0);
        _taken.WithLabels(pool).Publish();
        _adopted.WithLabels(pool).Publish();
        foreach (var conclusion in new[] { Conclusion.Succeeded, Conclusion.Failed, Conclusion.Canceled })
        {
            _jobs.WithLabels(pool, Word(conclusion), conclusion == Conclusion.Canceled ? VerdictReasons.Canceled : VerdictReasons.None).Publish();
        }

        _jobs.WithLabels(pool, Word(Conclusion.Abandoned), VerdictReasons.LockLost).Publish();
        foreach (var reason in VerdictReasons.OfFailures)
        {
            _jobs.WithLabels(pool, Word(Conclusion.Failed), reason).Publish();
        }

        foreach (var cause in Enum.GetValues<RerunCause>())
        {
            _rerunsOwed.WithLabels(pool, Word(cause)).Publish();
            _reruns.WithLabels(pool, Word(cause)).Publish();
        }

        GitHub.PoolOpened(pool);
    }

    /// <summary>This agent holds the session of a pool's scale set, or does not. Its places are the set's, and count once however many agents there are.</summary>
    public void SetSession(string pool, int places, bool isHeld)
    {
        Sets.SetSession(pool, isHeld);
        _capacity.WithLabels(pool).Set(isHeld ? places : 0);
    }

    /// <summary>A pool takes no jobs any more, or takes them again.</summary>
    public void PoolStopped(string pool, bool isStopped) => _stopped.WithLabels(pool).Set(isStopped ? 1 : 0);

    /// <summary>So many of a pool's free places are held back, for one of the reasons that the gauge has, or for none.</summary>
    public void HeldBack(string pool, string reason, int places)
    {
        foreach (var known in HoldBacks)
        {
            _heldBack.WithLabels(pool, known).Set(known == reason ? places : 0);
        }
    }

    /// <summary>A job was taken from GitHub.</summary>
    public void Taken(string pool) => _taken.WithLabels(pool).Inc();

    /// <summary>A job of an agent that is gone is looked after here.</summary>
    public void Adopted(string pool) => _adopted.WithLabels(pool).Inc();

    /// <summary>A job was taken and waits for its worker; disposing ends that.</summary>
    public IDisposable Queued(string pool) => _queued.WithLabels(pool).TrackInProgress();

    /// <summary>A job's worker runs; disposing ends that.</summary>
    public IDisposable Running(string pool) => _running.WithLabels(pool).TrackInProgress();

    /// <summary>A place was replaced.</summary>
    public void Replaced(string pool, string reason) => _replacements.WithLabels(pool, reason).Inc();

    /// <summary>A job is owed a re-run.</summary>
    public void RerunOwed(string pool, RerunCause cause) => _rerunsOwed.WithLabels(pool, Word(cause)).Inc();

    /// <summary>GitHub was asked for it.</summary>
    public void RerunAsked(string pool, RerunCause cause) => _reruns.WithLabels(pool, Word(cause)).Inc();

    /// <summary>A job ended.</summary>
    /// <param name="pool">Where it ran.</param>
    /// <param name="conclusion">How.</param>
    /// <param name="reason">One of <see cref="VerdictReasons"/>.</param>
    /// <param name="times">Its moments.</param>
    /// <param name="end">When it ended.</param>
    public void Ended(string pool, Conclusion conclusion, string reason, LaunchTimes times, DateTimeOffset end)
    {
        _jobs.WithLabels(pool, Word(conclusion), reason).Inc();
        if (times.MessageSeen is { } seen)
        {
            _durations.WithLabels(pool, Word(conclusion)).Observe(Math.Max(0, (end - seen).TotalSeconds));
        }

        foreach (var (phase, duration) in JobPhases.Durations(times))
        {
            _phases.WithLabels(pool, phase).Observe(duration.TotalSeconds);
        }
    }

    private static string Word(Conclusion conclusion) => conclusion.ToString().ToLowerInvariant();

    private static string Word(RerunCause cause) => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());
}
