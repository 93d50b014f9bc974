using System.Collections.Immutable;
using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>The arguments of a call, not evaluated yet.</summary>
internal readonly struct Arguments(Evaluator evaluator, ImmutableArray<Node> nodes)
{
    public int Count => nodes.Length;

    /// <summary>The memory that a function may take for what it builds: it counts while it builds.</summary>
    public MemoryBudget NewBudget() => evaluator.NewBudget();

    /// <summary>Evaluates an argument, each time it is asked for.</summary>
    public Value Evaluate(int index) => evaluator.Evaluate(nodes[index]);
}
