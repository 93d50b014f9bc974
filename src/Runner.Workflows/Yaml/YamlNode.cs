using Runner.Jobs.Tokens;

namespace Runner.Workflows.Yaml;

/// <summary>A token that was read, with its size, which an alias to it takes again.</summary>
internal readonly record struct YamlNode(TemplateToken Token, YamlNodeSize Size)
{
    public static YamlNode Of(ScalarToken token) => new(token, YamlNodeSize.One);
}

/// <summary>How many nodes a node holds, itself included, and how deep they are nested: 1 for a scalar or an empty collection.</summary>
internal readonly record struct YamlNodeSize(long Nodes, int Depth)
{
    public static YamlNodeSize One { get; } = new(1, 1);

    /// <summary>The size of a collection after one more child.</summary>
    public YamlNodeSize With(YamlNodeSize child) => new(Nodes + child.Nodes, Math.Max(Depth, child.Depth + 1));
}
