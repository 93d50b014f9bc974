using System.Collections;

namespace Runner.Cli.CommandLine;

/// <summary>What a command sees of its process. The only place of the program that asks for it.</summary>
internal sealed record CliSurroundings
{
    /// <summary>Where results are printed.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where mistakes are printed.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Folder of the program's own file.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>Whether a person reads the output on a terminal that shows colours.</summary>
    public bool UseColors { get; init; }

    /// <summary>Those of this process.</summary>
    public static CliSurroundings OfProcess()
    {
        var environment = System.Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? string.Empty, StringComparer.Ordinal);
        return new CliSurroundings
        {
            Out = Console.Out,
            Error = Console.Error,
            Environment = environment,

            // Of a single file this is where the file lies; AppContext.BaseDirectory would be the same but for `dotnet runner.dll`.
            ProgramFolder = Path.GetDirectoryName(System.Environment.ProcessPath) ?? AppContext.BaseDirectory,
            UseColors = !Console.IsOutputRedirected && !environment.ContainsKey("NO_COLOR"),
        };
    }

    /// <summary>A variable, or <c>null</c> where it is not set or empty.</summary>
    public string? Variable(string name) => Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
