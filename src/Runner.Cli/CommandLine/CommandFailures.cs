using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>Errors that are no bug of the program: what is printed of them, and with which code the program ends.</summary>
internal static class CommandFailures
{
    /// <summary>The exit code, or <c>null</c>: it is a bug.</summary>
    public static int? CodeOf(Exception failure) => failure switch
    {
        UsageException or WorkflowException => ExitCodes.Usage,
        OperatorException => ExitCodes.Configuration,
        InfrastructureException => ExitCodes.Unavailable,
        OperationCanceledException => ExitCodes.Interrupted,
        _ => null,
    };

    /// <summary>Prints it.</summary>
    public static async Task WriteAsync(Exception failure, TextWriter output)
    {
        IEnumerable<string> lines = failure switch
        {
            OperatorException { Problems: var problems } => problems.Select(problem => $"runner: {problem}"),
            WorkflowException => [failure.Message], // it begins with the place
            OperationCanceledException => [],
            _ => [$"runner: {failure.Message}"],
        };
        foreach (var line in lines)
        {
            await output.WriteLineAsync(line);
        }
    }
}
