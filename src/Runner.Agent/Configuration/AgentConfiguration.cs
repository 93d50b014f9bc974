using Runner.Jobs.Errors;

namespace Runner.Agent.Configuration;

/// <summary>Makes the agent's settings from a file, the environment and flags.</summary>
public static class AgentConfiguration
{
    private static readonly ConfigMapping Nothing = new(new ConfigOrigin("defaults"), []);

    /// <summary>Reads the file and lays the environment over it, then the flags.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="environment">Variables of the process; those named <c>RUNNER__…</c> and act's own count.</param>
    /// <param name="flags">Settings from the command line.</param>
    /// <param name="startCheck">Tells what a start would fail with, of settings whose own rules hold; or <c>null</c>: the start itself will tell.</param>
    /// <param name="warn">Is told the settings that do nothing, each with its place and the reason; or <c>null</c>.</param>
    /// <exception cref="OperatorException">Something is wrong: every problem at once, each with its place.</exception>
    public static AgentOptions Load(
        string path,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<ConfigOverride> flags,
        Func<AgentOptions, IEnumerable<(string Path, string Problem)>>? startCheck = null,
        Action<IReadOnlyList<string>>? warn = null)
    {
        string yaml;
        try
        {
            yaml = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"The configuration file '{path}' cannot be read: {error.Message}", error);
        }

        return Parse(path, yaml, environment, flags, startCheck, warn);
    }

    /// <summary>As <see cref="Load"/>, from a text.</summary>
    internal static AgentOptions Parse(
        string source,
        string yaml,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<ConfigOverride> flags,
        Func<AgentOptions, IEnumerable<(string Path, string Problem)>>? startCheck = null,
        Action<IReadOnlyList<string>>? warn = null)
    {
        var reading = Check(source, Read([new ConfigText(source, yaml)], environment, flags));
        reading = startCheck is null ? reading : Check(source, reading, startCheck);
        warn?.Invoke(reading.Warnings);
        return reading.Problems.Count == 0 ? reading.Options : throw new OperatorException(reading.Problems);
    }

    /// <summary>Reads files of which each wins over those before it, then the environment, then flags. Rules across settings are not asked.</summary>
    /// <exception cref="OperatorException">A file is no YAML.</exception>
    public static ConfigReading Read(
        IEnumerable<ConfigText> files, IReadOnlyDictionary<string, string> environment, IEnumerable<ConfigOverride> flags)
    {
        var written = files.Select(file => YamlConfig.Read(file.Name, file.Yaml)).Aggregate(Nothing, (weaker, stronger) => weaker.OverlaidWith(stronger));
        var root = Hoist(ConfigOverrides.Apply(written, [.. ConfigOverrides.FromEnvironment(environment), .. flags]));
        var binder = new ConfigBinder();
        var options = binder.Bind<AgentOptions>(root);
        return new ConfigReading(options, root, binder.Origins, binder.Problems, binder.Warnings);
    }

    /// <summary>The same reading with what breaks the agent's rules among its problems.</summary>
    /// <param name="source">Name of the file, for what is missing.</param>
    /// <param name="reading">The reading. One that has problems stays as it is: a setting that could not be read has its default, and
    /// the rules would only tell the same mistake a second time.</param>
    public static ConfigReading Check(string source, ConfigReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return Check(source, reading, AgentOptionsValidator.Validate);
    }

    private static ConfigReading Check(
        string source, ConfigReading reading, Func<AgentOptions, IEnumerable<(string Path, string Problem)>> rules) =>
        reading.Problems.Count > 0
            ? reading
            : reading with { Problems = [.. rules(reading.Options).Select(item => Text(Place(source, reading.Origins, item.Path), item.Path, item.Problem))] };

    // `monitoring` may stand under `kubernetes` too, as users of earlier tools have it.
    private static ConfigMapping Hoist(ConfigMapping root) =>
        root.Find("monitoring") is null && root.Find("kubernetes") is ConfigMapping kubernetes && kubernetes.Find("monitoring") is { } monitoring
            ? root.With("kubernetes", kubernetes.Without("monitoring")).With("monitoring", monitoring)
            : root;

    private static string Text(string place, string path, string problem) =>
        problem.StartsWith(path, StringComparison.Ordinal) ? $"{place}: {problem}" : $"{place}: {path}: {problem}";

    /// <summary>Where the setting stands, or, of a missing one, the section that it belongs into.</summary>
    private static string Place(string source, IReadOnlyDictionary<string, ConfigOrigin> origins, string path)
    {
        for (var key = path; key.Length > 0; key = key[..Math.Max(key.LastIndexOf('.'), 0)])
        {
            if (origins.TryGetValue(key, out var origin))
            {
                return origin.ToString();
            }
        }

        return source;
    }
}
