using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Settings;

/// <summary>The files that settings of a local run come from, in either of the two formats (<c>docs/running-locally.md</c>).</summary>
/// <param name="Yaml">Those in YAML, the weakest first.</param>
/// <param name="Flags">Those in act's format, the weakest first.</param>
internal sealed record SettingsFiles(ImmutableArray<ConfigText> Yaml, ImmutableArray<(string Name, ImmutableArray<FlagLine> Lines)> Flags)
{
    private const string FileName = ".actrc";

    /// <summary>All lines of the flag files, in order.</summary>
    public IEnumerable<FlagLine> Lines => Flags.SelectMany(file => file.Lines);

    /// <summary>Reads the files that there are.</summary>
    /// <param name="surroundings">Folder and environment.</param>
    /// <param name="named">The file of <c>--config</c>, or <c>null</c>. It must be there.</param>
    /// <exception cref="UsageException">A file cannot be read.</exception>
    public static SettingsFiles Read(CliSurroundings surroundings, string? named)
    {
        var yaml = ImmutableArray.CreateBuilder<ConfigText>();
        var flags = ImmutableArray.CreateBuilder<(string, ImmutableArray<FlagLine>)>();
        foreach (var path in Paths(surroundings, named))
        {
            var (name, text) = (Path.GetRelativePath(surroundings.WorkingFolder, path) is var shown && shown.StartsWith("..", StringComparison.Ordinal) ? path : shown, ReadText(path));
            if (FlagFile.IsOne(text))
            {
                flags.Add((name, [.. FlagFile.Read(text, surroundings)]));
            }
            else
            {
                yaml.Add(new ConfigText(name, text));
            }
        }

        return new SettingsFiles(yaml.ToImmutable(), flags.ToImmutable());
    }

    // The weakest first. One folder may be the other: a home folder with a workflow in it.
    private static IEnumerable<string> Paths(CliSurroundings surroundings, string? named)
    {
        var home = surroundings.Variable("HOME") ?? surroundings.Variable("USERPROFILE");
        var config = surroundings.Variable("XDG_CONFIG_HOME") ?? (home is null ? null : Path.Combine(home, ".config"));
        string?[] candidates =
        [
            config is null ? null : Path.Combine(config, "act", "actrc"),
            home is null ? null : Path.Combine(home, FileName),
            Path.Combine(surroundings.WorkingFolder, FileName),
        ];
        var there = candidates.OfType<string>().Select(Path.GetFullPath).Where(File.Exists).Distinct();
        return named is null ? there : there.Append(Path.GetFullPath(named, surroundings.WorkingFolder));
    }

    private static string ReadText(string path)
    {
        try
        {
            return GivenFile.ReadText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The settings '{path}' cannot be read: {error.Message}", error);
        }
    }
}
