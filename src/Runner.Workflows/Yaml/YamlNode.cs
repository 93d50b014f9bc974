using Runner.Jobs.Tokens;

namespace Runner.Workflows.Yaml;

/// <summary>A token that was read, with its size, which an alias to it takes again.</summary>
internal readonly record struct YamlNode(TemplateToken Token, YamlNodeSize Size)
{
    public static YamlNode Of(ScalarToken token) => new(token, YamlNodeSize.Scalar);
}

/// <summary>How many nodes a node holds, itself included, and how many collections are nested in it, itself included.</summary>
internal readonly record struct YamlNodeSize(long Nodes, int Depth)
{
    public static YamlNodeSize Scalar { get; } = new(1, 0);

    public static YamlNodeSize EmptyCollection { get; } = new(1, 1);

    /// <summary>The size of a collection after one more child.</summary>
    public YamlNodeSize With(YamlNodeSize child) => new(Nodes + child.Nodes, Math.Max(Depth, child.Depth + 1));
}
