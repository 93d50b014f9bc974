using System.Collections.Immutable;
using Runner.Expressions;

namespace Runner.Workflows.Grammar;

/// <summary>Which contexts and extra functions the expressions of a place may use. Empty: no expression may stand there.</summary>
internal sealed class ExpressionScope
{
    private readonly ImmutableArray<string> _contexts;
    private readonly ImmutableArray<FunctionDeclaration> _functions;

    private ExpressionScope(ImmutableArray<string> contexts, ImmutableArray<FunctionDeclaration> functions)
    {
        _contexts = contexts;
        _functions = functions;
        Names = new ExpressionNames(contexts, functions);
    }

    public static ExpressionScope None { get; } = new([], []);

    public bool IsEmpty => _contexts.IsEmpty && _functions.IsEmpty;

    /// <summary>The names as the expression parser takes them.</summary>
    public ExpressionNames Names { get; }

    public static ExpressionScope Of(params ReadOnlySpan<string> contexts) => new([.. contexts], []);

    public ExpressionScope With(params ReadOnlySpan<string> contexts) => new([.. _contexts, .. contexts], _functions);

    public ExpressionScope With(params ReadOnlySpan<FunctionDeclaration> functions) => new(_contexts, [.. _functions, .. functions]);

    /// <summary>A place inside another may use what the outer one may.</summary>
    public ExpressionScope Within(ExpressionScope outer)
    {
        if (outer.IsEmpty || ReferenceEquals(this, outer))
        {
            return this;
        }

        return IsEmpty || (_functions.IsEmpty && _contexts.All(outer._contexts.Contains))
            ? outer
            : new ExpressionScope([.. outer._contexts.Union(_contexts)], [.. outer._functions.UnionBy(_functions, function => function.Name)]);
    }
}
