using System.Text.Json;
using Prometheus;
using Runner.Agent.Configuration;
using Runner.GitHub.Limits;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Monitoring;

/// <summary>All metrics of the agent. Label sets are bounded: pools are configured, conclusions, reasons and phases are fixed.</summary>
internal sealed class AgentMetrics
{
    private static readonly string[] HoldBacks = ["failing", "quota", "unplaceable"];

    private readonly Gauge _queued;
    private readonly Gauge _running;
    private readonly Gauge _capacity;
    private readonly Gauge _stopped;
    private readonly Gauge _heldBack;
    private readonly Gauge _setJobs;
    private readonly Gauge _setSession;
    private readonly Gauge _setCapacity;
    private readonly Counter _jobs;
    private readonly Counter _replacements;
    private readonly Counter _rerunsOwed;
    private readonly Counter _reruns;
    private readonly Counter _ignored;
    private readonly Counter _calls;
    private readonly Counter _limited;
    private readonly Gauge _limit;
    private readonly Gauge _remaining;
    private readonly Gauge _reset;
    private readonly Histogram _phases;

    /// <summary>Makes the metrics in a registry of their own, so that two agents in one process do not add up.</summary>
    public AgentMetrics()
    {
        Registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(Registry);
        _queued = factory.CreateGauge("runner_queue_jobs", "Jobs taken whose worker does not run yet.", "pool");
        _running = factory.CreateGauge("runner_jobs_running", "Jobs whose worker runs.", "pool");
        _capacity = factory.CreateGauge("runner_capacity_jobs", "Most jobs at a time.", "pool");
        _stopped = factory.CreateGauge("runner_pool_stopped", "1 while the pool takes no jobs because none can be started.", "pool");
        _heldBack = factory.CreateGauge(
            "runner_pool_held_back_jobs", "Free places for which no jobs are taken, by reason: failing, quota, unplaceable. Jobs for them wait at GitHub.", "pool", "reason");
        _setJobs = factory.CreateGauge("runner_scaleset_jobs", "Jobs of the pool's scale set as GitHub counts them: available, assigned, running.", "pool", "state");
        _setSession = factory.CreateGauge("runner_scaleset_session", "1 while this agent holds the session of the pool's scale set.", "pool");
        _setCapacity = factory.CreateGauge("runner_scaleset_capacity_jobs", "Most jobs that GitHub was told to assign to the pool's scale set.", "pool");
        _jobs = factory.CreateCounter("runner_jobs_total", "Jobs that ended.", "pool", "conclusion", "reason");
        _replacements = factory.CreateCounter("runner_job_replacements_total", "Places lost before their worker started, and replaced.", "pool", "reason");
        _rerunsOwed = factory.CreateCounter("runner_reruns_owed_total", "Jobs whose place was taken away, to be run again.", "pool", "cause");
        _reruns = factory.CreateCounter("runner_reruns_total", "Jobs that GitHub was asked to run again.", "pool", "cause");
        _ignored = factory.CreateCounter("runner_messages_ignored_total", "Messages of GitHub that this version does not know, or cannot read.", "kind");
        _calls = factory.CreateCounter("runner_github_calls_total", "Answers of GitHub's REST service.", "status");
        _limited = factory.CreateCounter("runner_github_limited_total", "Answers by which GitHub asked us to wait: for the hourly limit, or for that on calls at a time.", "limit");
        _limit = factory.CreateGauge("runner_github_rate_limit", "Calls an hour that GitHub allows.", "resource");
        _remaining = factory.CreateGauge("runner_github_rate_limit_remaining", "Calls left of them.", "resource");
        _reset = factory.CreateGauge("runner_github_rate_limit_reset_timestamp_seconds", "When they are full again.", "resource");
        _phases = factory.CreateHistogram(
            "runner_job_phase_seconds",
            "Time from one moment of a job to the next: message seen, created, scheduled, containers_started, first_step; total is all of it.",
            ["pool", "phase"],
            new HistogramConfiguration { Buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600] });
    }

    /// <summary>Where the metrics are collected.</summary>
    public CollectorRegistry Registry { get; }

    /// <summary>A pool was opened.</summary>
    public void PoolOpened(string pool, int capacity)
    {
        _capacity.WithLabels(pool).Set(capacity);
        _queued.WithLabels(pool).Set(0);
        _running.WithLabels(pool).Set(0);
        _stopped.WithLabels(pool).Set(0);
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

    /// <summary>This agent holds the session of a pool's scale set, or does not any more.</summary>
    public void SetSession(string pool, bool isHeld) => _setSession.WithLabels(pool).Set(isHeld ? 1 : 0);

    /// <summary>GitHub was told how many jobs a pool's scale set may have.</summary>
    public void SetCapacity(string pool, int capacity) => _setCapacity.WithLabels(pool).Set(capacity);

    /// <summary>GitHub counted the jobs of a pool's scale set.</summary>
    public void SetJobs(string pool, int available, int assigned, int running)
    {
        _setJobs.WithLabels(pool, "available").Set(available);
        _setJobs.WithLabels(pool, "assigned").Set(assigned);
        _setJobs.WithLabels(pool, "running").Set(running);
    }

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

    private static string Word(RerunCause cause) => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());

    /// <summary>A message was left alone.</summary>
    /// <param name="kind"><c>unknown</c> or <c>unreadable</c>.</param>
    public void MessageIgnored(string kind) => _ignored.WithLabels(kind).Inc();

    /// <summary>GitHub's REST service answered.</summary>
    public void GitHubCalled(GitHubCall call)
    {
        // The server's word, and so none that could make a series of its own each time.
        var resource = call.Resource is "core" or "search" or "graphql" or "actions_runner_registration" ? call.Resource : "other";
        _calls.WithLabels(call.Status is >= 100 and < 600 ? $"{call.Status / 100}xx" : "other").Inc();
        if (call.RetryAfter is not null)
        {
            _limited.WithLabels(call.IsPrimary ? "primary" : "secondary").Inc();
        }

        if (call is { Limit: { } limit, Remaining: { } remaining })
        {
            _limit.WithLabels(resource).Set(limit);
            _remaining.WithLabels(resource).Set(remaining);
        }

        if (call.Reset is { } reset)
        {
            _reset.WithLabels(resource).Set(reset.ToUnixTimeSeconds());
        }
    }

    /// <summary>A job ended.</summary>
    public void Ended(string pool, Conclusion conclusion, string reason, LaunchTimes times)
    {
        _jobs.WithLabels(pool, conclusion.ToString().ToLowerInvariant(), reason).Inc();
        foreach (var (phase, duration) in JobPhases.Durations(times))
        {
            _phases.WithLabels(pool, phase).Observe(duration.TotalSeconds);
        }
    }
}
