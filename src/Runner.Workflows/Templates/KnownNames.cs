using System.Collections.Frozen;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

namespace Runner.Workflows.Templates;

/// <summary>
/// The names that a worker's templates may use whether or not they have a value yet: without one they are null
/// (<c>job-message.md</c> section 8.2).
/// </summary>
internal static class KnownNames
{
    private static readonly FrozenSet<string> Contexts = new[]
    {
        "github", "strategy", "matrix", "needs", "secrets", "steps", "inputs", "job", "runner", "env", "vars", "jobs",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FunctionDeclaration[] Functions =
    [
        FunctionDeclaration.Always,
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Parse("failure(0,MAX)"),
        FunctionDeclaration.Parse("success(0,MAX)"),
        FunctionDeclaration.HashFiles,
    ];

    private static readonly ExpressionNames Usual = new(Contexts, Functions);

    /// <summary>The names of functions that the language does not have built in.</summary>
    public static FrozenSet<string> StatusFunctions { get; } =
        new[] { "always", "cancelled", "failure", "success" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names that expressions over a context may use: the usual ones and what the context has beside them.</summary>
    public static ExpressionNames For(EvaluationContext context) => context.Contexts.Keys.All(Contexts.Contains)
        ? Usual
        : new ExpressionNames(Contexts.Union(context.Contexts.Keys, StringComparer.OrdinalIgnoreCase), Functions);

    /// <summary>The same context, where each known function that it lacks gives null.</summary>
    public static EvaluationContext Complete(EvaluationContext context)
    {
        var functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>>(context.Functions, StringComparer.OrdinalIgnoreCase);
        foreach (var function in Functions)
        {
            functions.TryAdd(function.Name, _ => NullValue.Instance);
        }

        return context with { Functions = functions };
    }
}
