using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Emulator.Console;
using Runner.Workflows.Model;

namespace Runner.Cli.Listing;

/// <summary><c>runner --graph</c>: a tree per workflow. A job stands under the last of those that it needs, and names them where they are several.</summary>
internal static class JobGraph
{
    public static void Write(CliSurroundings surroundings, IEnumerable<ListedJob> jobs)
    {
        var colors = new Colors(surroundings.UseColors);
        foreach (var workflow in jobs.GroupBy(job => job.Workflow.Path))
        {
            var all = workflow.ToList();
            var title = all[0].Workflow;
            surroundings.Out.WriteLine($"{Title(title.DisplayName, title, colors)} {colors.Dim($"on {string.Join(", ", all[0].Events)}")}");
            WriteLevel(surroundings.Out, colors, all, parent: null, indent: string.Empty);
        }
    }

    /// <summary>A name with the file behind it; of a workflow without a name the file alone.</summary>
    public static string Title(string name, Workflow workflow, Colors colors) =>
        name == workflow.Path ? colors.Bold(name) : $"{colors.Bold(ShownText.Name(name))}  {colors.Dim(workflow.Path)}";

    private static void WriteLevel(TextWriter output, Colors colors, List<ListedJob> all, ListedJob? parent, string indent)
    {
        var level = all.Where(job => ParentOf(job, all) == parent).ToList();
        foreach (var job in level)
        {
            var isLast = job == level[^1];
            var name = job.Name == job.Job.Id ? colors.Bold(job.Job.Id) : $"{colors.Bold(job.Job.Id)} ({ShownText.Name(job.Name)})";
            output.WriteLine($"{colors.Dim(indent + (isLast ? "└─ " : "├─ "))}{name}{colors.Dim(Remarks(job))}");
            WriteLevel(output, colors, all, job, indent + (isLast ? "   " : "│  "));
        }
    }

    private static ListedJob? ParentOf(ListedJob job, List<ListedJob> all) => all
        .Where(other => job.Job.Needs.Contains(other.Job.Id, StringComparer.OrdinalIgnoreCase))
        .MaxBy(other => other.Stage);

    private static string Remarks(ListedJob job)
    {
        string?[] remarks =
        [
            job.Job.Strategy is null ? null : "matrix",
            job.Job.Calls is { } called ? $"calls {called.Reference}" : null,
            job.Job.Needs.Length > 1 ? $"needs {string.Join(", ", job.Job.Needs)}" : null,
        ];
        return string.Join(string.Empty, remarks.OfType<string>().Select(remark => $" · {remark}"));
    }
}
