using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Concurrency;

namespace Runner.Cli.Listing;

/// <summary><c>runner --dryrun</c>: what would run, in order, if every job succeeded without outputs.</summary>
internal static class DryRun
{
    public static void Write(CliSurroundings surroundings, ImmutableArray<RunPlan> plans)
    {
        var colors = new Colors(surroundings.UseColors);
        foreach (var plan in plans)
        {
            surroundings.Out.WriteLine($"{colors.Bold(plan.Name)}  {colors.Dim(plan.Workflow.Path)}");
            var state = new RunState(plan, new ConcurrencyGroups());
            var changes = new Queue<RunChanges>([state.Start()]);
            while (changes.TryDequeue(out var next))
            {
                foreach (var concluded in next.Concluded)
                {
                    var reason = concluded.Reason is null ? string.Empty : $": {concluded.Reason}";
                    surroundings.Out.WriteLine($"  {Marks.Of(concluded.Conclusion, colors)} {concluded.DisplayName} {colors.Dim(Marks.Word(concluded.Conclusion) + reason)}");
                }

                foreach (var job in next.Ready)
                {
                    WriteJob(surroundings.Out, colors, job);
                    changes.Enqueue(state.Complete(job.Id, Conclusion.Succeeded, []));
                }
            }
        }
    }

    private static void WriteJob(TextWriter output, Colors colors, PlannedJob job)
    {
        output.WriteLine($"  {colors.Bold(job.DisplayName)} {colors.Dim($"on {string.Join(", ", job.Labels)}")}");
        foreach (var step in job.Job.Steps)
        {
            output.WriteLine($"    {colors.Dim("▸")} {NameOf(step)}");
        }
    }

    private static string NameOf(WorkflowStep step) => step switch
    {
        { Name: { } name } => name.ToString() ?? step.Id,
        UsesStep uses => uses.Uses,
        RunStep run => (run.Script.ToString() ?? string.Empty).Split('\n')[0],
        _ => step.Id,
    };
}
