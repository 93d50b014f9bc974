using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Migration;

/// <summary>Makes YAML of what is known: entries without a value are left out.</summary>
internal static class YamlMap
{
    /// <summary>A mapping; <c>null</c> where nothing of it is known.</summary>
    public static YamlMappingNode? Of(params IEnumerable<(string Key, YamlNode? Value)> entries)
    {
        var mapping = new YamlMappingNode();
        foreach (var (key, value) in entries)
        {
            if (value is not null)
            {
                mapping.Add(key, value);
            }
        }

        return mapping.Children.Count == 0 ? null : mapping;
    }

    /// <summary>A text, or <c>null</c>.</summary>
    public static YamlScalarNode? Text(string? value) => value is null ? null : new YamlScalarNode(value);

    /// <summary>As it prints.</summary>
    public static string Print(YamlMappingNode mapping)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(mapping)).Save(text, assignAnchors: false);
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n', '.') + "\n";
    }
}
