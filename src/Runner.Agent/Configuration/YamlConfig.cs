using Runner.Jobs.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Runner.Agent.Configuration;

/// <summary>Reads a YAML file into nodes that know their line and column. Anchors and aliases are resolved.</summary>
internal static class YamlConfig
{
    /// <summary>The file's mapping; an empty file is an empty mapping.</summary>
    /// <param name="source">Name of the file, for origins.</param>
    /// <param name="yaml">Its text.</param>
    /// <exception cref="OperatorException">The text is no YAML, or no mapping.</exception>
    public static ConfigMapping Read(string source, string yaml)
    {
        IReadOnlyList<YamlDocument> documents;
        try
        {
            documents = YamlText.Read(yaml);
        }
        catch (YamlException error)
        {
            throw new OperatorException($"{Origin(source, error.Start)}: this is not YAML: {error.Message}", error);
        }

        return documents switch
        {
            [] => new ConfigMapping(new ConfigOrigin(source), []),
            [var document] => Convert(source, document.RootNode) switch
            {
                ConfigMapping mapping => mapping,
                ConfigScalar { Text: null } => new ConfigMapping(new ConfigOrigin(source), []),
                var other => throw new OperatorException($"{other.Origin}: expected a mapping of sections such as 'github:' and 'pools:'"),
            },
            [_, var second, ..] => throw new OperatorException($"{Origin(source, second.RootNode.Start)}: a second YAML document begins here, expected one"),
        };
    }

    private static ConfigNode Convert(string source, YamlNode node)
    {
        var origin = Origin(source, node.Start);
        return node switch
        {
            YamlScalarNode scalar => new ConfigScalar(origin, Text(scalar), scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)),
            YamlSequenceNode sequence => new ConfigList(origin, [.. sequence.Select(item => Convert(source, item))]),
            YamlMappingNode mapping => new ConfigMapping(origin, [.. mapping.Select(entry => Entry(source, entry.Key, entry.Value))]),
            _ => throw new OperatorException($"{origin}: expected a value, a list or a mapping"),
        };
    }

    private static ConfigEntry Entry(string source, YamlNode key, YamlNode value) => key is YamlScalarNode { Value: { Length: > 0 } name }
        ? new ConfigEntry(name, Origin(source, key.Start), Convert(source, value))
        : throw new OperatorException($"{Origin(source, key.Start)}: a key is missing here, or is no single text");

    private static string? Text(YamlScalarNode scalar) =>
        scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL" ? null : scalar.Value;

    private static ConfigOrigin Origin(string source, Mark mark) => new(source, (int)mark.Line, (int)mark.Column);
}
