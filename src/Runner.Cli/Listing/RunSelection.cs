using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;
using Runner.Workflows.Model;

namespace Runner.Cli.Listing;

/// <summary>What the command line picks of the workflows: those of an event, or a job with what it needs.</summary>
/// <param name="Workflows">All workflows that can be read.</param>
/// <param name="Event">The event that is named, or <c>null</c>.</param>
/// <param name="Job">The job that is named, or <c>null</c>.</param>
internal sealed record RunSelection(ImmutableArray<Workflow> Workflows, string? Event, string? Job)
{
    private IEnumerable<string> AllEvents => Workflows.SelectMany(workflow => workflow.Events).Distinct();

    /// <summary>Whether a workflow that can be read has the event and the job that are named.</summary>
    public bool IsThere =>
        (Event is null || AllEvents.Contains(Event, StringComparer.Ordinal)) && (Job is null || Workflows.Any(workflow => workflow.FindJob(Job) is not null));

    /// <summary>The jobs for a list: all, unless something is named.</summary>
    /// <param name="commands">Commands and switches of the program, one of which may have been meant by the event.</param>
    /// <exception cref="UsageException">No workflow has the event or the job.</exception>
    public ImmutableArray<ListedJob> Jobs(IEnumerable<string> commands)
    {
        Check(commands);
        return ListedJob.Of(Workflows, Event, Job);
    }

    /// <summary>The workflow with the jobs that are to run only.</summary>
    public Workflow Reduce(Workflow workflow) =>
        Job is null ? workflow : workflow with { Jobs = [.. ListedJob.Of([workflow], eventName: null, Job).Select(job => job.Job)] };

    /// <summary>The event to run: the named one; else, as in act, the first one on demand, the only one, else <c>push</c>.</summary>
    public string EventToRun(bool detect) => Event ?? AllEvents.ToList() switch
    {
        [var only] => only,
        [var first, ..] when detect => first,
        _ => "push",
    };

    /// <summary>Whether what is named is there, and whether the event that is run where none is named starts anything.</summary>
    /// <param name="commands">Commands and switches of the program, one of which may have been meant by the event.</param>
    /// <param name="detect">As for <see cref="EventToRun"/>.</param>
    /// <exception cref="UsageException">No workflow has the event or the job.</exception>
    public void CheckEvent(IEnumerable<string> commands, bool detect)
    {
        Check(commands);
        if (Event is null && Job is null && EventToRun(detect) is var byDefault && !AllEvents.Contains(byDefault, StringComparer.Ordinal))
        {
            throw new UsageException(
                $"no workflow runs for {byDefault}, which is run where no event is named: workflows run for {string.Join(", ", AllEvents)}; name one of them, or --detect-event takes the first");
        }
    }

    /// <summary>Whether what is named is there.</summary>
    /// <param name="commands">Commands and switches of the program, one of which may have been meant by the event.</param>
    /// <exception cref="UsageException">No workflow has the event or the job.</exception>
    public void Check(IEnumerable<string> commands)
    {
        var events = AllEvents.ToList();
        if (Event is not null && !events.Contains(Event, StringComparer.Ordinal))
        {
            var has = events.Count == 0 ? "there is no workflow" : $"workflows run for {string.Join(", ", events)}";
            throw new UsageException($"there is no workflow for event '{Event}' and no such command: {has}{Hint(Event, [.. events, .. commands])}");
        }

        if (Job is not null && Workflows.All(workflow => workflow.FindJob(Job) is null))
        {
            var jobs = Workflows.SelectMany(workflow => workflow.Jobs).Select(job => job.Id);
            throw new UsageException($"--job: no workflow has a job '{Job}'{NearestName.Hint(Job, jobs)}");
        }
    }

    // act and we have flags where other programs have commands.
    private static string Hint(string name, string[] names) =>
        names.Contains($"--{name}", StringComparer.Ordinal) ? $"; did you mean '--{name}'?" : NearestName.Hint(name, names);
}
