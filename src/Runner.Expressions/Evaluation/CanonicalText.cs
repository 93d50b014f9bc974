using Runner.Expressions.Lexing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>Writes trees as text, in the form of GitHub's debug log: operators in parentheses, <c>github.ref</c> rather than <c>github['ref']</c>.</summary>
internal static class CanonicalText
{
    private static readonly Dictionary<Node, Value> NoResults = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tree as text.</summary>
    public static string Of(Node node) => Write(node, NoResults);

    /// <summary>The trace of an evaluation.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="value">Its value.</param>
    /// <param name="steps">How it was computed.</param>
    /// <param name="results">The values of the nodes that were computed.</param>
    public static ExpressionTrace Trace(Node root, Value value, IReadOnlyList<string> steps, IReadOnlyDictionary<Node, Value> results)
    {
        var expanded = Write(root, results);
        var result = Show(value);
        return new(Of(root), steps, expanded == result ? null : expanded, result);
    }

    /// <summary>A value: strings in quotes, <c>Array</c>, <c>Object</c>.</summary>
    public static string Show(Value value) => value switch
    {
        NullValue => "null",
        StringValue text => $"'{text.Value.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => value.ToText(),
    };

    private static string Write(Node node, IReadOnlyDictionary<Node, Value> results) => node switch
    {
        LogicalNode logical =>
            $"({string.Join(logical.IsAnd ? " && " : " || ", logical.Operands.Select(operand => Write(operand, results)))})",
        ComparisonNode comparison =>
            $"({Write(comparison.Left, results)} {Sign(comparison.Operator)} {Write(comparison.Right, results)})",
        NotNode not => $"!{Write(not.Operand, results)}",

        // Operators keep their form; of all else the value tells more, where there is one.
        _ when results.TryGetValue(node, out var value) => Show(value),
        LiteralNode literal => Show(literal.Value),
        NamedValueNode named => named.Name,
        WildcardNode wildcard => $"{Write(wildcard.Container, results)}[*]",
        IndexNode { Index: LiteralNode { Value: StringValue name } } index when LexicalRules.IsName(name.Value) =>
            $"{Write(index.Container, results)}.{name.Value}",
        IndexNode index => $"{Write(index.Container, results)}[{Write(index.Index, results)}]",
        CallNode call => $"{call.Name}({string.Join(", ", call.Arguments.Select(argument => Write(argument, results)))})",
        _ => throw new InvalidOperationException($"No text of {node.GetType().Name}"),
    };

    private static string Sign(TokenKind comparison) => comparison switch
    {
        TokenKind.Equal => "==",
        TokenKind.NotEqual => "!=",
        TokenKind.Greater => ">",
        TokenKind.GreaterOrEqual => ">=",
        TokenKind.Less => "<",
        TokenKind.LessOrEqual => "<=",
        _ => throw new InvalidOperationException($"No sign of {comparison}"),
    };
}
