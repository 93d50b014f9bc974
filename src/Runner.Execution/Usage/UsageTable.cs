using System.Text;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Usage;

/// <summary>What a job and its steps used, as Markdown for the job's summary. Pure.</summary>
internal static class UsageTable
{
    private const string Unknown = "–";

    /// <summary>Whether the worker counts what a step uses: a container action is a container beside the job's.</summary>
    public static bool IsCounted(StepRecord step) => step.Type != "docker";

    /// <summary>The table.</summary>
    /// <param name="steps">The job's steps, in order, with what each used; <c>null</c>: it did not run.</param>
    /// <param name="job">What the job used.</param>
    public static string Of(IEnumerable<(StepRecord Step, UsageSpan? Used)> steps, JobUsage job)
    {
        var table = new StringBuilder("#### Resources used\n\n| Step | CPU time | Peak memory |\n|---|--:|--:|\n");
        var isShared = false;
        foreach (var (step, used) in steps)
        {
            if (used is null)
            {
                continue;
            }

            var (cpu, memory) = IsCounted(step) ? (Cpu(used), Memory(used.PeakBytes)) : (Unknown, Unknown);
            var mark = used.IsShared && IsCounted(step) ? "≤ " : string.Empty;
            isShared |= mark.Length > 0;
            table.Append($"| {Cell(step.Name)} | {mark}{cpu} | {mark}{memory} |\n");
        }

        var limit = job.MemoryLimitBytes is { } bytes ? $" of {UsageText.Memory(bytes)}" : string.Empty;
        var total = job.CpuSeconds is { } seconds ? UsageText.Cpu(TimeSpan.FromSeconds(seconds)) : Unknown;
        table.Append($"| **All of the job** | **{total}** | **{Memory(job.PeakMemoryBytes)}{limit}** |\n");
        return table.Append(isShared ? "\n≤: other steps ran at the same time, and what they used is in it.\n" : string.Empty).ToString();
    }

    private static string Cpu(UsageSpan used) => used.Cpu is { } time ? UsageText.Cpu(time) : Unknown;

    private static string Memory(long? bytes) => bytes is { } known ? UsageText.Memory(known) : Unknown;

    // A name is the author's own text: in a cell it is no Markdown.
    private static string Cell(string name)
    {
        var cell = new StringBuilder();
        foreach (var letter in UsageText.Name(name).ReplaceLineEndings(" "))
        {
            cell.Append("\\`*_{}[]<>#|~".Contains(letter, StringComparison.Ordinal) ? $"\\{letter}" : letter.ToString());
        }

        return cell.ToString();
    }
}
