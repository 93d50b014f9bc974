using System.Collections.Immutable;
using System.Globalization;
using Runner.Agent.Page;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;

namespace Runner.Cli.Agents;

/// <summary>Advice on requests, for people: the jobs of each pool, and the lines to put.</summary>
internal static class AdviceText
{
    /// <summary>Writes it.</summary>
    /// <param name="surroundings">Where to.</param>
    /// <param name="answer">What the agent knows.</param>
    /// <param name="advice">The advice.</param>
    public static void Write(CliSurroundings surroundings, UsageAnswer answer, ImmutableArray<JobAdvice> advice)
    {
        if (advice.IsEmpty)
        {
            surroundings.Out.WriteLine(answer.IsMeasured
                ? "No job that was measured has ended since the agent started."
                : "Nobody measures what jobs use: set monitoring.usage.enabled, and ask again when jobs have run.");
            return;
        }

        foreach (var pool in advice.GroupBy(job => job.Pool, StringComparer.Ordinal))
        {
            surroundings.Out.WriteLine(new Colors(surroundings.UseColors).Bold($"Pool {pool.Key}"));
            Tables.Write(
                surroundings,
                ["job", "runs", "cpu used", "cpu request", "cpu advice", "memory p95", "memory max", "memory request", "memory limit", "memory advice", "peak in step"],
                pool.Select(job => new[]
                {
                    Name(job),
                    Runs(job),
                    job.MeanCores?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-",
                    Cpu(job.CpuRequestNow),
                    Cpu(job.Cpu),
                    Memory(job.PeakP95),
                    Memory(job.PeakMax),
                    Memory(job.MemoryRequestNow),
                    Memory(job.MemoryLimitNow),
                    Memory(job.Memory),
                    job.PeakStep ?? "-",
                }));
            surroundings.Out.WriteLine();
            WriteLines(surroundings.Out, [.. pool]);
            surroundings.Out.WriteLine();
        }

        if (advice.Any(job => job.Runs < UsageAdvice.EnoughRuns))
        {
            surroundings.Out.WriteLine($"?: fewer than {UsageAdvice.EnoughRuns} runs, which say little yet. The agent knows of runs since it started.");
        }
    }

    // One pod for all jobs of a pool has to do for the largest of them; in a pool with sizes each job orders its own.
    private static void WriteLines(TextWriter output, ImmutableArray<JobAdvice> jobs)
    {
        if (jobs.Any(job => job.HasSizes))
        {
            output.WriteLine("In workflows, in the place of such labels:");
            foreach (var job in jobs)
            {
                output.WriteLine($"  {Name(job)}: {string.Join(", ", [.. job.Labels, .. job.TooLarge.Select(what => $"more {what} than the pool's largest size")])}");
            }

            return;
        }

        var (cpu, memory) = (jobs.Max(job => job.Cpu), jobs.Max(job => job.Memory));
        var requests = new[] { cpu is null ? null : $"cpu: {Cpu(cpu)}", memory is null ? null : $"memory: {Memory(memory)}" }.OfType<string>().ToList();
        if (requests.Count == 0)
        {
            return;
        }

        output.WriteLine("Enough for each of them, as resources of the pool's platform or kubernetes.defaultResources:");
        output.WriteLine($"  requests: {{{string.Join(", ", requests)}}}");
        if (memory is not null)
        {
            output.WriteLine($"  limits: {{memory: {Memory(memory)}}}");
        }
    }

    private static string Name(JobAdvice job) => string.Join(" / ", new[] { job.Repository, job.Workflow, job.Name }.OfType<string>());

    private static string Runs(JobAdvice job)
    {
        var doubt = job.Runs < UsageAdvice.EnoughRuns ? "?" : string.Empty;
        var killed = job.OutOfMemory == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {job.OutOfMemory} out of memory");
        return string.Create(CultureInfo.InvariantCulture, $"{job.Runs}{doubt}{killed}");
    }

    private static string Cpu(decimal? cores) => cores is { } known ? UsageAdvice.Cpu(known) : "-";

    private static string Memory(decimal? bytes) => bytes is { } known ? UsageAdvice.Memory(known) : "-";
}
