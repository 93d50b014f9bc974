using Runner.Execution.Reporting;
using Runner.Execution.Steps;

namespace Runner.Execution.Scripts;

/// <summary>What stands above a script's output in the log (<c>worker-semantics.md</c> section 8).</summary>
internal static class ScriptHeader
{
    private const string Cyan = "\u001b[36;1m";
    private const string Plain = "\u001b[0m";

    /// <summary>Writes it.</summary>
    /// <param name="shell">Program and arguments, as shown.</param>
    public static void Write(StepLog log, string script, string shell, IReadOnlyDictionary<string, string> environment)
    {
        var lines = script.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
        log.Write($"##[group]Run {DisplayNames.FirstLine(script)}");
        foreach (var line in lines)
        {
            log.Write($"{Cyan}{line}{Plain}");
        }

        log.Write($"shell: {shell}");
        ActionHeader.WriteBlock(log, "env:", environment);
        log.Write("##[endgroup]");
    }
}
