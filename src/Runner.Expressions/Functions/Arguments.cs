using System.Collections.Immutable;
using Runner.Expressions.Evaluation;
using Runner.Expressions.Tree;

namespace Runner.Expressions.Functions;

/// <summary>The arguments of a call, not evaluated yet.</summary>
internal readonly struct Arguments(Evaluator evaluator, ImmutableArray<Node> nodes)
{
    public int Count => nodes.Length;

    /// <summary>The memory that the evaluation may hold: a function counts what it builds while it builds it.</summary>
    public MemoryBudget Budget => evaluator.Budget;

    /// <summary>Evaluates an argument, each time it is asked for.</summary>
    public Value Evaluate(int index) => evaluator.Evaluate(nodes[index]);
}
