namespace Runner.Expressions.Values;

/// <summary>How large an expression may be; the limits are GitHub's.</summary>
public static class ExpressionLimits
{
    /// <summary>The longest expression, in characters.</summary>
    public const int MaxLength = 21_000;

    /// <summary>The deepest tree, in levels.</summary>
    public const int MaxDepth = 50;
}
