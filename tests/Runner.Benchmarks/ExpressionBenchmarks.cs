using BenchmarkDotNet.Attributes;
using Runner.Expressions;
using Runner.Expressions.Values;

namespace Runner.Benchmarks;

/// <summary>A typical <c>if:</c>, parsed and evaluated.</summary>
[MemoryDiagnoser]
public class ExpressionBenchmarks
{
    private const string Condition = "success() && (github.event_name == 'push' && startsWith(github.ref, 'refs/heads/'))";

    private readonly EvaluationContext _context = new()
    {
        Contexts = new Dictionary<string, Value>
        {
            ["github"] = new ObjectValue(
            [
                KeyValuePair.Create<string, Value>("event_name", new StringValue("push")),
                KeyValuePair.Create<string, Value>("ref", new StringValue("refs/heads/main")),
            ]),
        },
        Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>> { ["success"] = _ => BooleanValue.True },
    };

    private Expression _parsed = Expression.Parse(Condition);

    /// <summary>Both.</summary>
    [Benchmark]
    public bool ParseAndEvaluate() => Expression.Parse(Condition).Evaluate(_context).IsTruthy;

    /// <summary>The tree is at hand.</summary>
    [Benchmark]
    public bool Evaluate() => _parsed.Evaluate(_context).IsTruthy;
}
