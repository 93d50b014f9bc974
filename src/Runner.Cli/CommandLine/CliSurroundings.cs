using System.Collections;

namespace Runner.Cli.CommandLine;

/// <summary>What a command sees of its process. The only place of the program that asks for it.</summary>
internal sealed record CliSurroundings
{
    private const int DefaultWidth = 80;
    private const int MinWidth = 40;

    /// <summary>What the user pipes in. Default: nothing.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Where results are printed.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where mistakes are printed.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The current folder.</summary>
    public string WorkingFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Folder of the program's own file.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>Absolute paths of the files that output goes to; empty where it goes elsewhere, or that cannot be told.</summary>
    public IReadOnlyList<string> OutputFiles { get; init; } = [];

    /// <summary>Whether the output is a terminal.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Width of the terminal, in cells. Default 80.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>Asks whoever sits at the terminal for a secret, without showing it; <c>null</c> where nobody does.</summary>
    public Func<string, string?> AskSecret { get; init; } = _ => null;

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
            In = Console.In,
            Out = new OwnOutput(() => Console.Out, isForMistakes: false),
            Error = new OwnOutput(() => Console.Error, isForMistakes: true),
            Environment = environment,

            // Of a single file this is where the file lies; AppContext.BaseDirectory would be the same but for `dotnet runner.dll`.
            ProgramFolder = Path.GetDirectoryName(System.Environment.ProcessPath) ?? AppContext.BaseDirectory,
            OutputFiles = [.. FilesOf(1), .. FilesOf(2)],
            IsTerminal = !Console.IsOutputRedirected,
            Width = Console.IsOutputRedirected ? DefaultWidth : Math.Max(Console.WindowWidth, MinWidth),
            AskSecret = name => Console.IsInputRedirected ? null : SecretPrompt.Ask(name, Console.Error),
            UseColors = !Console.IsOutputRedirected && !environment.ContainsKey("NO_COLOR"),
        };
    }

    // Pipes and terminals have other names there.
    private static IEnumerable<string> FilesOf(int output) =>
        new FileInfo($"/proc/self/fd/{output}") is { Exists: true, LinkTarget: { } target } && Path.IsPathFullyQualified(target) ? [target] : [];

    /// <summary>Prints what does no harm and should be known, a line each.</summary>
    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Error.WriteLine($"warning: {warning}");
        }
    }

    /// <summary>A variable, or <c>null</c> where it is not set or empty.</summary>
    public string? Variable(string name) => Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
