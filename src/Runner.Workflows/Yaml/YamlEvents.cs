using YamlDotNet.Core;

namespace Runner.Workflows.Yaml;

/// <summary>What a YAML text consists of, for readers of other files than workflows: what is wrong is told alike, at its own place.</summary>
public static class YamlEvents
{
    /// <summary>The parser of a text. Its errors are <see cref="YamlException"/>s that say where they are.</summary>
    public static IParser Of(string text) => new CheckedParser(text);
}
