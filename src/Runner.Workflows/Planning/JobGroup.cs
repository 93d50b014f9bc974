using System.Collections.Immutable;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning;

/// <summary>A job of the workflow in a run, with the legs that it became.</summary>
internal sealed class JobGroup(WorkflowJob job)
{
    private readonly OrderedDictionary<string, string> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private bool _failFast;
    private int _maxParallel;

    public WorkflowJob Job { get; } = job;

    public ImmutableArray<Leg> Legs { get; private set; } = [];

    public bool IsWaiting { get; private set; } = true;

    /// <summary>How it ended for those that need it; <c>null</c> while it has not.</summary>
    public NeedResult? Result { get; private set; }

    public string WaitingName => Job.Name is StringToken { Value.Length: > 0 } name ? name.Value : Job.Id;

    public void Begin(JobDecision.Run decision)
    {
        IsWaiting = false;
        _failFast = decision.FailFast;
        _maxParallel = decision.MaxParallel > 0 ? decision.MaxParallel : int.MaxValue;
        Legs = [.. decision.Legs.Select(planned => new Leg(planned))];
    }

    /// <summary>Ends it without any leg.</summary>
    public ConcludedJob End(Conclusion conclusion, string? reason)
    {
        IsWaiting = false;
        Result = new NeedResult(Job.Id, conclusion, []);
        return new ConcludedJob(new PlannedJobId(Job.Id, 0), WaitingName, conclusion, reason);
    }

    /// <summary>The legs that may start now; they count as started.</summary>
    public IEnumerable<PlannedJob> Start()
    {
        var running = Legs.Count(leg => leg.Status == RunJobStatus.Started);
        foreach (var leg in Legs.Where(leg => leg.Status == RunJobStatus.Held).Take(Math.Max(0, _maxParallel - running)))
        {
            leg.Status = RunJobStatus.Started;
            yield return leg.Planned;
        }
    }

    /// <summary>Takes the result of a leg. True where the others have to stop now: it failed, and one failure is enough.</summary>
    public bool Complete(Leg leg, Conclusion conclusion, IEnumerable<KeyValuePair<string, string>> outputs)
    {
        leg.End(conclusion);
        foreach (var (name, value) in outputs)
        {
            // Of several legs the last that has something to say wins.
            if (value.Length > 0 || !_outputs.ContainsKey(name))
            {
                _outputs[name] = value;
            }
        }

        EndWithLegs();
        return _failFast && leg.CountsAs == Conclusion.Failed;
    }

    /// <summary>Cancels all legs: those not started end at once, the others are to be stopped by the caller.</summary>
    public void Cancel(string reason, List<ConcludedJob> concluded, List<PlannedJobId> toCancel)
    {
        foreach (var leg in Legs)
        {
            if (leg.Status == RunJobStatus.Started)
            {
                toCancel.Add(leg.Planned.Id);
            }
            else if (leg.Status == RunJobStatus.Held)
            {
                leg.End(Conclusion.Canceled);
                concluded.Add(new ConcludedJob(leg.Planned.Id, leg.Planned.DisplayName, Conclusion.Canceled, reason));
            }
        }

        EndWithLegs();
    }

    private void EndWithLegs()
    {
        if (Legs.All(leg => leg.Status == RunJobStatus.Ended))
        {
            Result = new NeedResult(Job.Id, WorstOf(Legs.Select(leg => leg.CountsAs)), [.. _outputs]);
        }
    }

    private static Conclusion WorstOf(IEnumerable<Conclusion> conclusions)
    {
        var all = conclusions.ToHashSet();
        return all switch
        {
            _ when all.Contains(Conclusion.Failed) => Conclusion.Failed,
            _ when all.Contains(Conclusion.Canceled) => Conclusion.Canceled,
            _ when all.Contains(Conclusion.Succeeded) => Conclusion.Succeeded,
            _ => Conclusion.Skipped,
        };
    }

    /// <summary>One planned job and how far it is.</summary>
    internal sealed class Leg(PlannedJob planned)
    {
        public PlannedJob Planned { get; } = planned;

        public RunJobStatus Status { get; set; } = RunJobStatus.Held;

        public Conclusion? Conclusion { get; private set; }

        /// <summary>What the conclusion means for the run: a failure that <c>continue-on-error</c> allows is a success.</summary>
        public Conclusion CountsAs => Conclusion switch
        {
            Jobs.Outcomes.Conclusion.Failed or Jobs.Outcomes.Conclusion.Abandoned =>
                Planned.ContinueOnError ? Jobs.Outcomes.Conclusion.Succeeded : Jobs.Outcomes.Conclusion.Failed,
            Jobs.Outcomes.Conclusion.SucceededWithIssues => Jobs.Outcomes.Conclusion.Succeeded,
            { } other => other,
            null => throw new InvalidOperationException($"Job {Planned.Id} has not ended"),
        };

        public void End(Conclusion conclusion)
        {
            Status = RunJobStatus.Ended;
            Conclusion = conclusion;
        }
    }
}
