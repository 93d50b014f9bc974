using Runner.Expressions.Lexing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>Notes how a tree is evaluated, as GitHub's debug log shows it: a line where a node begins, one with its value, two dots for each level.</summary>
internal sealed class EvaluationRecording
{
    private readonly Dictionary<Node, Value> _results = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _lines = [];
    private int _level;

    /// <summary>The values of the nodes that were computed.</summary>
    public IReadOnlyDictionary<Node, Value> Results => _results;

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A node is going to be computed.</summary>
    public void Enter(Node node)
    {
        Add($"Evaluating {NameOf(node)}:");
        _level++;
    }

    /// <summary>It was computed.</summary>
    public void Leave(Node node, Value value)
    {
        if (node is WildcardNode)
        {
            // The star is a node of its own there.
            Add("Evaluating Wildcard:");
            Add("=> '*'");
        }

        _level--;
        Add($"=> {CanonicalText.Show(value)}");
        _results[node] = value;
    }

    private static string NameOf(Node node) => node switch
    {
        LiteralNode literal => literal.Value.Kind.ToString(),
        NamedValueNode named => named.Name,
        IndexNode or WildcardNode => "Index",
        NotNode => "Not",
        LogicalNode { IsAnd: true } => "And",
        LogicalNode => "Or",
        ComparisonNode { Operator: TokenKind.Greater } => "GreaterThan",
        ComparisonNode { Operator: TokenKind.GreaterOrEqual } => "GreaterThanOrEqual",
        ComparisonNode { Operator: TokenKind.Less } => "LessThan",
        ComparisonNode { Operator: TokenKind.LessOrEqual } => "LessThanOrEqual",
        ComparisonNode comparison => comparison.Operator.ToString(),
        CallNode call => call.Name,
        _ => throw new InvalidOperationException($"No name of {node.GetType().Name}"),
    };

    private void Add(string line) => _lines.Add(new string('.', 2 * _level) + line);
}
