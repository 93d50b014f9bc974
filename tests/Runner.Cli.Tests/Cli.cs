using Runner.Cli.CommandLine;

namespace Runner.Cli.Tests;

/// <summary>Runs the program in this process.</summary>
internal static class Cli
{
    /// <summary>Runs it with arguments; gives its exit code and what it printed.</summary>
    public static Task<CliResult> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    /// <summary>Runs it with an environment.</summary>
    public static Task<CliResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args) =>
        RunAsync(environment, AppContext.BaseDirectory, args);

    /// <summary>Runs it with an environment, in a folder.</summary>
    public static Task<CliResult> RunAsync(IReadOnlyDictionary<string, string> environment, string folder, string[] args) =>
        RunAsync(environment, folder, TextReader.Null, args);

    /// <summary>Runs it with something to read.</summary>
    public static Task<CliResult> RunWithInputAsync(string input, params string[] args) =>
        RunAsync(new Dictionary<string, string>(), AppContext.BaseDirectory, new StringReader(input), args);

    private static async Task<CliResult> RunAsync(IReadOnlyDictionary<string, string> environment, string folder, TextReader input, string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var surroundings = new CliSurroundings
        {
            In = input,
            Out = output,
            Error = error,
            Environment = environment,
            ProgramFolder = AppContext.BaseDirectory,
            WorkingFolder = folder,
        };
        var code = await RunnerCommandLine.RunAsync(args, surroundings);
        return new CliResult(code, output.ToString(), error.ToString());
    }
}

/// <summary>What a run of the program gave.</summary>
internal sealed record CliResult(int Code, string Out, string Error);
