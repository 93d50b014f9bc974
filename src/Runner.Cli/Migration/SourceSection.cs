using Runner.Jobs.Errors;
using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Migration;

/// <summary>A mapping of a file that is converted. What is taken from it is remembered, so that what is not can be told.</summary>
internal sealed class SourceSection
{
    private readonly string _source;
    private readonly string _path;
    private readonly List<(string Key, YamlNode Value)> _left = [];
    private readonly List<SourceSection> _opened = [];

    private SourceSection(string source, string path, YamlMappingNode node)
    {
        (_source, _path) = (source, path);
        _left.AddRange(node.Select(entry => (entry.Key.ToString(), entry.Value)).Where(entry => !IsEmpty(entry.Value)));
    }

    /// <summary>The whole of a file.</summary>
    /// <param name="source">Its name.</param>
    /// <param name="root">What it holds.</param>
    public static SourceSection Of(string source, YamlMappingNode root) => new(source, string.Empty, root);

    /// <summary>A key's value, or <c>null</c> where it is missing or says nothing.</summary>
    public YamlNode? Take(string key)
    {
        var place = _left.FindIndex(entry => entry.Key == key);
        if (place < 0)
        {
            return null;
        }

        var value = _left[place].Value;
        _left.RemoveAt(place);
        return value;
    }

    /// <summary>A single value as text, or <c>null</c>.</summary>
    /// <exception cref="OperatorException">It is a list or a mapping.</exception>
    public string? Text(string key) => Take(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        var other => throw Wrong(other, key, "a single value"),
    };

    /// <summary>A mapping below, or <c>null</c>.</summary>
    /// <exception cref="OperatorException">It is no mapping.</exception>
    public SourceSection? Open(string key) => Take(key) switch
    {
        null => null,
        YamlMappingNode mapping => Opened(key, mapping),
        var other => throw Wrong(other, key, "a mapping"),
    };

    /// <summary>The mappings of a list below; none where there is none.</summary>
    /// <exception cref="OperatorException">It is no list of mappings.</exception>
    public IReadOnlyList<SourceSection> OpenAll(string key) => [.. OpenWhole(key).Select(opened => opened.Section)];

    /// <summary>The same, each with what it is as a whole.</summary>
    /// <exception cref="OperatorException">It is no list of mappings.</exception>
    public IReadOnlyList<(SourceSection Section, YamlMappingNode Node)> OpenWhole(string key) => Take(key) switch
    {
        null => [],
        YamlSequenceNode list =>
        [
            .. list.Select(item => item as YamlMappingNode ?? throw Wrong(item, key, "a mapping")).Select((item, index) => (Opened($"{key}[{index}]", item), item)),
        ],
        var other => throw Wrong(other, key, "a list"),
    };

    /// <summary>Nothing of it is told any more: what is said of it as a whole is enough.</summary>
    public void Forget()
    {
        _left.Clear();
        _opened.Clear();
    }

    /// <summary>What nobody took, with its place.</summary>
    public IEnumerable<(string Path, string Place)> LeftOver() =>
        _left.Select(entry => (_path + entry.Key, $"{_source}:{entry.Value.Start.Line}")).Concat(_opened.SelectMany(section => section.LeftOver()));

    private SourceSection Opened(string key, YamlMappingNode mapping)
    {
        var section = new SourceSection(_source, $"{_path}{key}.", mapping);
        _opened.Add(section);
        return section;
    }

    private OperatorException Wrong(YamlNode node, string key, string expected) =>
        new($"{_source}:{node.Start.Line}:{node.Start.Column}: {_path}{key}: expected {expected}");

    private static bool IsEmpty(YamlNode node) => node switch
    {
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar => scalar.Value is null or "" or "~" or "null",
        YamlScalarNode scalar => scalar.Value is null or "",
        YamlSequenceNode list => list.Children.Count == 0,
        YamlMappingNode mapping => mapping.Children.Count == 0,
        _ => false,
    };
}
