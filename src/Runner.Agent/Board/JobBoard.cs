using System.Collections.Immutable;
using Runner.Agent.Contracts;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Board;

/// <summary>The jobs that an agent looks after, and the last that ended, as people are shown them. Nothing is decided by it.</summary>
/// <param name="github">Knows since when jobs were queued.</param>
/// <param name="server">GitHub's web address, or <c>null</c>: there are no links.</param>
/// <param name="time">The clock.</param>
internal sealed class JobBoard(GitHubBoard github, Uri? server, TimeProvider time)
{
    /// <summary>So many jobs that ended are kept.</summary>
    public const int MaxEnded = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, JobView> _jobs = [];
    private readonly Queue<JobView> _ended = new();
    private readonly Dictionary<string, FailureView> _failures = new(StringComparer.Ordinal);

    /// <summary>Is told of each job that is over, and returns at once.</summary>
    public Action<JobView> JobEnded { get; init; } = static _ => { };

    /// <summary>A job was taken, or adopted from an agent that is gone.</summary>
    public void Taken(JobLaunch launch, bool isAdopted)
    {
        var view = JobFacts.Of(launch, server) with { IsAdopted = isAdopted };
        lock (_gate)
        {
            _jobs[launch.JobId] = view with
            {
                Times = view.Times with { Queued = github.QueuedAt(launch.JobId), Taken = isAdopted ? null : time.GetUtcNow() },
            };
        }
    }

    /// <summary>A job was taken that cannot be run.</summary>
    public void Refused(JobMessage job, string pool, string runner, DateTimeOffset seen, JobVerdict verdict)
    {
        var view = JobFacts.Of(job, server) with { Pool = pool, Runner = ShownText.Name(runner) ?? "-", Times = new JobMoments { Seen = seen, Taken = seen } };
        lock (_gate)
        {
            Keep(view, verdict);
        }
    }

    /// <summary>It has to wait for its place.</summary>
    public void Waits(JobId job, string why) => Change(job, view => view with { Why = ShownText.Message(why) });

    /// <summary>It has a place.</summary>
    public void Placed(JobId job, string place) => Change(job, view => view with
    {
        State = JobState.Starting,
        Place = ShownText.Name(place),
        Why = null,
        Times = view.Times with { Created = view.Times.Created ?? time.GetUtcNow() },
    });

    /// <summary>Its worker runs.</summary>
    public void Runs(JobId job, LaunchTimes times) => Change(job, view => view with
    {
        State = view.State == JobState.Cancelling ? view.State : JobState.Running,
        Times = Merge(view.Times, times) with { Started = times.ContainersStarted ?? time.GetUtcNow() },
    });

    /// <summary>It is told to end.</summary>
    public void Stops(JobId job) => Change(job, view => view with { State = JobState.Cancelling });

    /// <summary>Its place is over.</summary>
    public void Over(JobId job, JobEnd end) => Change(job, view => view with
    {
        State = JobState.Reporting,
        Usage = end.Outcome?.Usage is { } usage ? usage with { PeakStep = ShownText.Name(usage.PeakStep) } : null,
        Resources = end.Resources,
        Times = Merge(view.Times, end.Times) with
        {
            FirstStep = end.Outcome?.FirstStep ?? end.Times.FirstStep,
            LastStep = end.Outcome?.LastStepEnded,
        },
    });

    /// <summary>Its place was lost before its worker started, and it gets another.</summary>
    public void Replaced(JobId job, string? why) => Change(job, view => view with
    {
        State = JobState.Waiting,
        Place = null,
        Why = ShownText.Message(why),
        Attempt = view.Attempt + 1,
        Times = new JobMoments { Queued = view.Times.Queued, Seen = view.Times.Seen, Taken = view.Times.Taken },
    });

    /// <summary>It is over.</summary>
    public void Ended(JobId job, JobVerdict verdict)
    {
        lock (_gate)
        {
            if (_jobs.Remove(job, out var view))
            {
                Keep(view, verdict);
            }
        }
    }

    /// <summary>It is another agent's now.</summary>
    public void Left(JobId job)
    {
        lock (_gate)
        {
            _jobs.Remove(job);
        }
    }

    /// <summary>The jobs, the last that ended, and why jobs failed.</summary>
    public (ImmutableArray<JobView> Jobs, ImmutableArray<JobView> Ended, ImmutableArray<FailureView> Failures) Read()
    {
        lock (_gate)
        {
            return (
                [.. _jobs.Values.OrderBy(job => job.Times.Seen).ThenBy(job => job.Id, StringComparer.Ordinal)],
                [.. _ended.Reverse()],
                [.. _failures.Values.OrderByDescending(failure => failure.Count).ThenBy(failure => failure.Reason, StringComparer.Ordinal)]);
        }
    }

    private static JobMoments Merge(JobMoments known, LaunchTimes told) => known with
    {
        Created = told.PodCreated ?? known.Created,
        Scheduled = told.Scheduled ?? known.Scheduled,
        Started = told.ContainersStarted ?? known.Started,
    };

    private void Change(JobId job, Func<JobView, JobView> change)
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(job, out var view))
            {
                _jobs[job] = change(view);
            }
        }
    }

    private void Keep(JobView view, JobVerdict verdict)
    {
        var now = time.GetUtcNow();
        view = view with
        {
            State = JobState.Ended,
            Why = null,
            Times = view.Times with { Ended = now },
            Conclusion = verdict.Conclusion,
            Reason = verdict.Reason,
            Message = ShownText.Message(verdict.Message),
        };
        _ended.Enqueue(view);
        JobEnded(view);
        if (_ended.Count > MaxEnded)
        {
            _ended.Dequeue();
        }

        if (verdict.Conclusion == Conclusion.Failed)
        {
            var before = _failures.GetValueOrDefault(verdict.Reason)?.Count ?? 0;
            _failures[verdict.Reason] = new FailureView(verdict.Reason, before + 1, view.Id, view.Name, view.Message, now);
        }
    }
}
