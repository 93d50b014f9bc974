using Runner.Jobs.Outcomes;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Cli.Listing;

/// <summary>What a run would come to, in order, if every job succeeded without outputs: jobs that run, and jobs that end without running.</summary>
/// <param name="Job">A job that runs; <c>null</c> for one that does not.</param>
/// <param name="Ended">Why it does not run, or on what that hangs; <c>null</c> for one that does.</param>
internal sealed record RunPreview(PlannedJob? Job, ConcludedJob? Ended)
{
    /// <summary>The jobs of a plan.</summary>
    public static IEnumerable<RunPreview> Of(RunPlan plan)
    {
        var state = RunState.Preview(plan);
        var changes = new Queue<RunChanges>([state.Start()]);
        while (changes.TryDequeue(out var next))
        {
            foreach (var concluded in next.Concluded)
            {
                yield return new RunPreview(null, concluded);
            }

            foreach (var job in next.Ready)
            {
                yield return new RunPreview(job, null);
                changes.Enqueue(state.Complete(job.Id, Conclusion.Succeeded, []));
            }
        }
    }
}
