using Runner.Jobs.Errors;

namespace Runner.Agent.Configuration;

/// <summary>Makes the agent's settings from a file, the environment and flags.</summary>
public static class AgentConfiguration
{
    /// <summary>Reads the file and lays the environment over it, then the flags.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="environment">Variables of the process; those named <c>RUNNER__…</c> and act's own count.</param>
    /// <param name="flags">Settings from the command line.</param>
    /// <exception cref="OperatorException">Something is wrong: every problem at once, each with its place.</exception>
    public static AgentOptions Load(string path, IReadOnlyDictionary<string, string> environment, IEnumerable<ConfigOverride> flags)
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

        return Parse(path, yaml, environment, flags);
    }

    /// <summary>As <see cref="Load"/>, from a text.</summary>
    internal static AgentOptions Parse(
        string source, string yaml, IReadOnlyDictionary<string, string> environment, IEnumerable<ConfigOverride> flags)
    {
        var root = Hoist(ConfigOverrides.Apply(YamlConfig.Read(source, yaml), [.. ConfigOverrides.FromEnvironment(environment), .. flags]));
        var binder = new ConfigBinder(KubernetesValues.IsOne, KubernetesValues.Convert);
        var options = binder.Bind<AgentOptions>(root);

        // A setting that could not be read has its default now: the rules would only tell the same mistake a second time.
        var problems = binder.Problems.Count > 0
            ? binder.Problems
            : [.. AgentOptionsValidator.Validate(options).Select(item => Tell(Place(source, binder.Origins, item.Path), item.Path, item.Problem))];
        return problems.Count == 0 ? options : throw new OperatorException(problems);
    }

    // `monitoring` may stand under `kubernetes` too, as users of earlier tools have it.
    private static ConfigMapping Hoist(ConfigMapping root) =>
        root.Find("monitoring") is null && root.Find("kubernetes") is ConfigMapping kubernetes && kubernetes.Find("monitoring") is { } monitoring
            ? root.With("kubernetes", kubernetes.Without("monitoring")).With("monitoring", monitoring)
            : root;

    private static string Tell(string place, string path, string problem) =>
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
