using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Execution.Usage;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Jobs;

/// <summary>Tells what a job used, where that was measured: in the log of "Complete job", in the job's summary, and to whoever launched it.</summary>
internal static class MeasuredJob
{
    /// <summary>Tells it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="report">How it is to be told.</param>
    /// <param name="meter">What measured it; <c>null</c>: nothing could.</param>
    /// <param name="steps">Its steps in the order in which they ran, "Complete job" last.</param>
    /// <returns>The sums; <c>null</c>: there are none.</returns>
    public static JobUsage? Tell(JobScope job, UsageReport report, UsageMeter? meter, ImmutableArray<StepReport> steps)
    {
        var last = steps[^1];
        if (meter is null)
        {
            last.Log.Write("What the job used is not known: this machine does not count it.");
            return null;
        }

        var measured = steps.Select(step => (Step: step.Record, Used: meter.Of(step.Record.Id))).ToList();
        var (used, limit) = meter.OfJob();
        var usage = new JobUsage
        {
            Seconds = Math.Round(meter.Elapsed.TotalSeconds, 3),
            CpuSeconds = used.Cpu is { } cpu ? Math.Round(cpu.TotalSeconds, 3) : null,
            PeakMemoryBytes = measured.Select(step => step.Used?.PeakBytes).Append(used.PeakBytes).Max(), // a step may know more of a short peak
            MemoryLimitBytes = limit,
            PeakStep = measured
                .Where(step => step.Used?.PeakBytes is not null && UsageTable.IsCounted(step.Step))
                .OrderByDescending(step => step.Used?.PeakBytes)
                .Select(step => UsageText.Name(step.Step.Name))
                .FirstOrDefault(),
        };
        last.Log.Write(Line(usage));
        if (report.InSummary)
        {
            job.Reporter.AddSummary(last.Record.Id, Encoding.UTF8.GetBytes(UsageTable.Of(measured, usage)));
        }

        return usage;
    }

    private static string Line(JobUsage usage)
    {
        var cpu = usage.CpuSeconds is { } seconds ? $"{UsageText.Cpu(TimeSpan.FromSeconds(seconds))} of CPU time" : null;
        var limit = usage is { PeakMemoryBytes: { } peak, MemoryLimitBytes: > 0 and var most }
            ? string.Create(CultureInfo.InvariantCulture, $" ({100.0 * peak / most:0} % of its limit of {UsageText.Memory(most)})")
            : string.Empty;
        var memory = usage.PeakMemoryBytes is { } bytes ? $"at most {UsageText.Memory(bytes)} of memory{limit}" : null;
        return $"The job used {string.Join(" and ", new[] { cpu, memory }.OfType<string>())}";
    }
}
