namespace Runner.Expressions.Values;

/// <summary>Where an expression went wrong.</summary>
public enum ExpressionErrorKind
{
    /// <summary>The text holds something that is no token of the language.</summary>
    Lexing,

    /// <summary>The tokens make no expression, or it breaks a limit, or names what is not known here.</summary>
    Parsing,

    /// <summary>The expression is well formed, but its values cannot be computed.</summary>
    Evaluation,
}

/// <summary>An expression that cannot be read or evaluated. The author of the workflow can mend it; messages are GitHub's own.</summary>
public sealed class ExpressionException : Exception
{
    /// <summary>Creates an error.</summary>
    public ExpressionException(ExpressionErrorKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>Where it went wrong.</summary>
    public ExpressionErrorKind Kind { get; }

    /// <summary>Position of the offending token in the expression, counted from 1; <c>null</c> where no place is to blame.</summary>
    public int? Position { get; init; }

    /// <summary>The offending token as written, or <c>null</c>.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// For an unknown context or function (then <see cref="Token"/>): the names known at this place, so that a caller can propose the nearest.
    /// Otherwise empty.
    /// </summary>
    public IReadOnlyList<string> KnownNames { get; init; } = [];

    /// <summary>An error of the evaluation, without a place.</summary>
    internal static ExpressionException Evaluation(string message) => new(ExpressionErrorKind.Evaluation, message);
}
