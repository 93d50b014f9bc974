using Runner.Expressions.Lexing;
using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>Computes the value of a tree, from the root down; what is not asked for is not computed.</summary>
/// <remarks>It recurses no deeper than the tree, which <see cref="ExpressionLimits.MaxDepth"/> limits.</remarks>
/// <param name="expression">The text, for errors.</param>
/// <param name="context">What it is evaluated against.</param>
/// <param name="entered">Told of each node before it is computed.</param>
/// <param name="left">Told of it with its value.</param>
internal sealed class Evaluator(string expression, EvaluationContext context, Action<Node>? entered = null, Action<Node, Value>? left = null)
{
    /// <summary>The memory held by the values in the making.</summary>
    public MemoryBudget Budget { get; } = new(expression, context.MaxBytes);

    /// <summary>A count of its own for what a function builds: only the whole result is held beside other values, as GitHub counts.</summary>
    public MemoryBudget NewBudget() => new(expression, context.MaxBytes);

    public Value Evaluate(Node node)
    {
        entered?.Invoke(node);
        var before = Budget.Used;
        var value = Compute(node);
        Budget.ReturnTo(before);
        Budget.Add(value);
        left?.Invoke(node, value);
        return value;
    }

    private Value Compute(Node node) => node switch
    {
        LiteralNode literal => literal.Value,
        NamedValueNode named => context.FindContext(named.Name) ?? NullValue.Instance,
        IndexNode index => Indexing.At(Evaluate(index.Container), Evaluate(index.Index)),
        WildcardNode wildcard => Indexing.All(Evaluate(wildcard.Container)),
        NotNode not => BooleanValue.Of(!Evaluate(not.Operand).IsTruthy),
        ComparisonNode comparison => BooleanValue.Of(Compare(comparison)),
        LogicalNode logical => EvaluateChain(logical),
        CallNode { BuiltIn: { } function } call => function.Call(new Arguments(this, call.Arguments)),
        CallNode call => CallSupplied(call),
        _ => throw new InvalidOperationException($"No evaluation of {node.GetType().Name}"),
    };

    private bool Compare(ComparisonNode comparison)
    {
        var left = Evaluate(comparison.Left);
        var right = Evaluate(comparison.Right);
        return comparison.Operator switch
        {
            TokenKind.Equal => Comparison.AreEqual(left, right),
            TokenKind.NotEqual => !Comparison.AreEqual(left, right),
            TokenKind.Greater => Comparison.IsGreater(left, right),
            TokenKind.GreaterOrEqual => Comparison.AreEqual(left, right) || Comparison.IsGreater(left, right),
            TokenKind.Less => Comparison.IsLess(left, right),
            TokenKind.LessOrEqual => Comparison.AreEqual(left, right) || Comparison.IsLess(left, right),
            _ => throw new InvalidOperationException($"No comparison {comparison.Operator}"),
        };
    }

    /// <summary>The first operand that decides, or the last one; the value itself, not a boolean.</summary>
    private Value EvaluateChain(LogicalNode logical)
    {
        for (var i = 0; i < logical.Operands.Length - 1; i++)
        {
            var before = Budget.Used;
            var value = Evaluate(logical.Operands[i]);
            if (value.IsTruthy != logical.IsAnd)
            {
                return value;
            }

            Budget.ReturnTo(before);
        }

        return Evaluate(logical.Operands[^1]);
    }

    private Value CallSupplied(CallNode call)
    {
        var function = context.FindFunction(call.Name)
            ?? throw ExpressionException.Evaluation($"The function '{call.Name}' is not available here");
        var arguments = new Value[call.Arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Evaluate(call.Arguments[i]);
        }

        return function(arguments);
    }
}
