using System.Collections.Immutable;
using Runner.Workflows.Model;

namespace Runner.Cli.Listing;

/// <summary>A job as lists show it, before anything is evaluated.</summary>
/// <param name="Stage">The length of the longest chain of jobs before it.</param>
/// <param name="Job">The job.</param>
/// <param name="Workflow">Its workflow.</param>
internal sealed record ListedJob(int Stage, WorkflowJob Job, Workflow Workflow)
{
    /// <summary>Shown name, with its expressions as they are written.</summary>
    public string Name => Job.Name?.ToString() is { Length: > 0 } name ? name : Job.Id;

    /// <summary>Events that run the workflow, in the order of the file.</summary>
    public IEnumerable<string> Events => Workflow.Events;

    /// <summary>The jobs of workflows, by stage.</summary>
    /// <param name="workflows">The workflows.</param>
    /// <param name="eventName">Only those that this event runs, filters aside; <c>null</c>: all.</param>
    /// <param name="jobId">Only this job and those that it needs; <c>null</c>: all.</param>
    public static ImmutableArray<ListedJob> Of(IEnumerable<Workflow> workflows, string? eventName, string? jobId) =>
    [
        .. workflows
            .Where(workflow => eventName is null || workflow.Events.Contains(eventName, StringComparer.Ordinal))
            .SelectMany(workflow => OfOne(workflow, jobId))
            .OrderBy(job => job.Stage),
    ];

    private static IEnumerable<ListedJob> OfOne(Workflow workflow, string? jobId)
    {
        var stages = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var wanted = jobId is null
            ? workflow.Jobs.Select(job => job.Id).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : WithNeeds(workflow, jobId);
        return workflow.Jobs.Where(job => wanted.Contains(job.Id)).Select(job => new ListedJob(StageOf(job), job, workflow));

        // A workflow whose jobs need each other in a circle has diagnostics and never comes here.
        int StageOf(WorkflowJob job)
        {
            if (!stages.TryGetValue(job.Id, out var stage))
            {
                stage = job.Needs.Select(workflow.FindJob).OfType<WorkflowJob>().Select(need => StageOf(need) + 1).DefaultIfEmpty(0).Max();
                stages[job.Id] = stage;
            }

            return stage;
        }
    }

    private static HashSet<string> WithNeeds(Workflow workflow, string jobId)
    {
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var next = new Stack<string>([jobId]);
        while (next.TryPop(out var id))
        {
            if (workflow.FindJob(id) is { } job && found.Add(job.Id))
            {
                Array.ForEach([.. job.Needs], next.Push);
            }
        }

        return found;
    }
}
