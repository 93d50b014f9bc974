using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>The anchors of one document. Tokens do not change, so an alias gives the anchored token itself and costs no memory.</summary>
/// <remarks>
/// Whoever walks the tree later visits a token as often as it is used, so each alias is charged with the size of its node: a bomb of nested
/// aliases is refused at the alias that passes the limit, before anything is expanded.
/// </remarks>
internal sealed class YamlAnchors(YamlLimits limits)
{
    private readonly Dictionary<string, YamlNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private long _aliasNodes;

    /// <summary>Notes that a node with an anchor has begun.</summary>
    public void Open(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            _open.Add(node.Anchor.Value);
        }
    }

    /// <summary>Notes that a node has been read whole. A later node with the same anchor takes its place.</summary>
    public void Close(NodeEvent start, YamlNode node)
    {
        if (!start.Anchor.IsEmpty)
        {
            _open.Remove(start.Anchor.Value);
            _nodes[start.Anchor.Value] = node;
        }
    }

    /// <exception cref="YamlException">The alias is unknown, stands inside its own node, or passes a limit.</exception>
    public YamlNode Resolve(AnchorAlias alias, int depth)
    {
        var name = alias.Value.Value;
        if (_open.Contains(name))
        {
            throw Problem(alias, $"The alias '*{name}' stands inside the node that it refers to");
        }

        if (!_nodes.TryGetValue(name, out var node))
        {
            throw Problem(alias, $"The alias '*{name}' refers to no anchor; '&{name}' must stand before it");
        }

        _aliasNodes += node.Size.Nodes;
        if (_aliasNodes > limits.MaxAliasNodes)
        {
            throw Problem(alias, $"Aliases expand to more than {limits.MaxAliasNodes} nodes");
        }

        return depth - 1 + node.Size.Depth > limits.MaxDepth ? throw new LimitException(alias) : node;
    }

    private static YamlException Problem(AnchorAlias alias, string message) => new(alias.Start, alias.End, message);
}
