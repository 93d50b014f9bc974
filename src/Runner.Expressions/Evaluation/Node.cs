using System.Collections.Immutable;
using Runner.Expressions.Lexing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>A node of the syntax tree.</summary>
/// <param name="Depth">Number of levels from here to the deepest leaf; a leaf has 1. Groups make no level.</param>
internal abstract record Node(int Depth)
{
    /// <summary>The nodes below, in the order written.</summary>
    public virtual IEnumerable<Node> Children => [];

    protected static int Deepest(ImmutableArray<Node> nodes)
    {
        var depth = 0;
        foreach (var node in nodes)
        {
            depth = Math.Max(depth, node.Depth);
        }

        return depth;
    }
}

/// <summary>A literal.</summary>
internal sealed record LiteralNode(Value Value) : Node(1);

/// <summary>A context: <c>github</c>.</summary>
internal sealed record NamedValueNode(string Name) : Node(1);

/// <summary><c>container[index]</c>, also written <c>container.name</c>.</summary>
internal sealed record IndexNode(Node Container, Node Index) : Node(1 + Math.Max(Container.Depth, Index.Depth))
{
    public override IEnumerable<Node> Children => [Container, Index];
}

/// <summary><c>container.*</c>, also written <c>container[*]</c>.</summary>
internal sealed record WildcardNode(Node Container) : Node(1 + Container.Depth)
{
    public override IEnumerable<Node> Children => [Container];
}

/// <summary><c>!operand</c>.</summary>
internal sealed record NotNode(Node Operand) : Node(1 + Operand.Depth)
{
    public override IEnumerable<Node> Children => [Operand];
}

/// <summary>A comparison of two operands.</summary>
internal sealed record ComparisonNode(TokenKind Operator, Node Left, Node Right) : Node(1 + Math.Max(Left.Depth, Right.Depth))
{
    public override IEnumerable<Node> Children => [Left, Right];
}

/// <summary>A chain of <c>&amp;&amp;</c> or of <c>||</c>: two operands or more, none of them such a chain itself.</summary>
internal sealed record LogicalNode(bool IsAnd, ImmutableArray<Node> Operands) : Node(1 + Deepest(Operands))
{
    public override IEnumerable<Node> Children => Operands;
}

/// <summary>A call of a function.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="BuiltIn">The function, or <c>null</c> where the caller of the evaluation supplies it.</param>
/// <param name="Arguments">The arguments, not evaluated.</param>
internal sealed record CallNode(string Name, Function? BuiltIn, ImmutableArray<Node> Arguments)
    : Node(1 + Deepest(Arguments))
{
    public override IEnumerable<Node> Children => Arguments;
}
