using System.Collections.Immutable;

namespace Runner.Workflows.Grammar;

/// <summary>Which contexts and extra functions the expressions of a place may use. Empty: no expression may stand there.</summary>
internal sealed record ExpressionScope(ImmutableArray<string> Contexts, ImmutableArray<ScopeFunction> Functions)
{
    public static ExpressionScope None { get; } = new([], []);

    public bool IsEmpty => Contexts.IsEmpty && Functions.IsEmpty;

    public static ExpressionScope Of(params ReadOnlySpan<string> contexts) => new([.. contexts], []);

    public ExpressionScope With(params ReadOnlySpan<string> contexts) => this with { Contexts = [.. Contexts, .. contexts] };

    public ExpressionScope With(params ReadOnlySpan<ScopeFunction> functions) => this with { Functions = [.. Functions, .. functions] };

    /// <summary>A place inside another may use what the outer one may.</summary>
    public ExpressionScope Within(ExpressionScope outer)
    {
        if (outer.IsEmpty || ReferenceEquals(this, outer))
        {
            return this;
        }

        return IsEmpty ? outer : new ExpressionScope([.. outer.Contexts.Union(Contexts)], [.. outer.Functions.Union(Functions)]);
    }
}

/// <summary>A function beyond those that every expression may call, with the number of its arguments.</summary>
internal readonly record struct ScopeFunction(string Name, int MinArguments, int MaxArguments);
