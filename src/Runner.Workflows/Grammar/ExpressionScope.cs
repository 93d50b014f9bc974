using System.Collections.Immutable;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

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

    /// <summary>As GitHub's grammar lists them: <c>github</c>, <c>hashFiles(1,255)</c>.</summary>
    public IEnumerable<string> Entries => _contexts.Concat(_functions.Select(
        function => $"{function.Name}({function.MinArguments},{(function.MaxArguments == int.MaxValue ? "MAX" : function.MaxArguments)})"));

    public bool IsEmpty => _contexts.IsEmpty && _functions.IsEmpty;

    /// <summary>The names as the expression parser takes them.</summary>
    public ExpressionNames Names { get; }

    public static ExpressionScope Of(params ReadOnlySpan<string> contexts) => new([.. contexts], []);

    public ExpressionScope With(params ReadOnlySpan<string> contexts) => new([.. _contexts, .. contexts], _functions);

    public ExpressionScope With(params ReadOnlySpan<FunctionDeclaration> functions) => new(_contexts, [.. _functions, .. functions]);

    /// <summary>A place inside another may use what the outer one may.</summary>
    public ExpressionScope Within(ExpressionScope outer)
    {
        if (Covers(outer))
        {
            return this;
        }

        return outer.Covers(this)
            ? outer
            : new ExpressionScope([.. outer._contexts.Union(_contexts)], [.. outer._functions.UnionBy(_functions, function => function.Name)]);
    }

    // Most scopes hold all of those around them: no set of names has to be made for each value.
    private bool Covers(ExpressionScope other) =>
        ReferenceEquals(this, other) || (other._contexts.All(_contexts.Contains) && other._functions.All(_functions.Contains));
}
