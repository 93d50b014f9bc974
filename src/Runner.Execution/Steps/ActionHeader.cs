using Runner.Execution.Reporting;

namespace Runner.Execution.Steps;

/// <summary>What stands above an action's output in the log (<c>worker-semantics.md</c> section 8).</summary>
internal static class ActionHeader
{
    /// <summary>Writes it.</summary>
    public static void Write(StepRun run, IReadOnlyDictionary<string, string> inputs)
    {
        var log = run.Scope.Log;
        if (run.Stage == StepStage.Post)
        {
            log.Write("Post job cleanup.");
            return;
        }

        log.Write($"##[group]Run {DisplayNames.OfReference(run.Step.Reference)}");
        WriteBlock(log, "with:", inputs.Where(input => input.Value.Length > 0));
        WriteBlock(log, "env:", run.Scope.Environment);
        log.Write("##[endgroup]");
    }

    /// <summary>Writes names and values below a heading; nothing where there are none.</summary>
    public static void WriteBlock(StepLog log, string heading, IEnumerable<KeyValuePair<string, string>> entries)
    {
        var isFirst = true;
        foreach (var (name, value) in entries)
        {
            if (isFirst)
            {
                log.Write(heading);
                isFirst = false;
            }

            log.Write($"  {name}: {value}");
        }
    }
}
