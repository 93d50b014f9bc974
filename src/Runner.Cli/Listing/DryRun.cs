using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Emulator.Console;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Cli.Listing;

/// <summary><c>runner plan</c> and <c>runner --dryrun</c> for people: each run with its jobs and their steps.</summary>
internal static class DryRun
{
    public static void Write(CliSurroundings surroundings, ImmutableArray<RunPlan> plans)
    {
        var colors = new Colors(surroundings.UseColors);
        foreach (var plan in plans)
        {
            surroundings.Out.WriteLine(JobGraph.Title(plan.Name, plan.Workflow, colors));
            foreach (var preview in RunPreview.Of(plan))
            {
                if (preview.Job is { } job)
                {
                    WriteJob(surroundings.Out, colors, job);
                }
                else if (preview.Ended is { Unknown: { IsEmpty: false } unknown } open)
                {
                    surroundings.Out.WriteLine($"  {colors.Yellow("?")} {ShownText.Name(open.DisplayName)} {colors.Dim($"not known: {Hangs(unknown)}")}");
                }
                else if (preview.Ended is { } ended)
                {
                    var reason = ended.Reason is null ? string.Empty : $": {ended.Reason}";
                    surroundings.Out.WriteLine($"  {Marks.Of(ended.Conclusion, colors)} {ShownText.Name(ended.DisplayName)} {colors.Dim(Marks.Word(ended.Conclusion) + reason)}");
                }
            }
        }
    }

    /// <summary>What a step is called before anything is evaluated: its name as written, what it uses, or the first line of its script.</summary>
    public static string NameOf(WorkflowStep step) => step switch
    {
        { Name: { } name } => name.ToString() ?? step.Id,
        UsesStep uses => uses.Uses,
        RunStep run => (run.Script.ToString() ?? string.Empty).Split('\n')[0],
        _ => step.Id,
    };

    private static string Hangs(ImmutableArray<string> keys) => $"{string.Join(", ", keys)} {(keys.Length == 1 ? "hangs" : "hang")} on outputs";

    private static void WriteJob(TextWriter output, Colors colors, PlannedJob job)
    {
        var open = job.Unknown.IsEmpty ? string.Empty : $" ({Hangs(job.Unknown)})";
        output.WriteLine($"  {colors.Bold(ShownText.Name(job.DisplayName))} {colors.Dim($"on {string.Join(", ", job.Labels)}{open}")}");
        foreach (var step in job.Job.Steps)
        {
            output.WriteLine($"    {colors.Dim("▸")} {ShownText.Name(NameOf(step))}");
        }
    }
}
