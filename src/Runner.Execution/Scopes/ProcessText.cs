using Runner.Jobs.Errors;

namespace Runner.Execution.Scopes;

/// <summary>What a process can be given as argument or variable. The kernel ends such a text at its first NUL character.</summary>
internal static class ProcessText
{
    /// <summary>Refuses texts where they come in, so that not every process fails that would be given them later.</summary>
    /// <param name="what">What they are, as the beginning of a sentence.</param>
    /// <param name="texts">The texts.</param>
    /// <exception cref="WorkflowException">One of them holds a NUL character.</exception>
    public static void Check(string what, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new WorkflowException($"{what.Replace("\0", "\\0", StringComparison.Ordinal)} holds a NUL character (\\0), which no process can be given");
            }
        }
    }
}
