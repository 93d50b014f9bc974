using Runner.Expressions.Lexing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Parsing;

/// <summary>The errors of parsing, in GitHub's words (<c>expressions.md</c> section 2.2).</summary>
internal static class ParseErrors
{
    public static ExpressionException TooLong() =>
        new(ExpressionErrorKind.Parsing, $"Exceeded max expression length {ExpressionLimits.MaxLength}");

    public static ExpressionException TooDeep() =>
        new(ExpressionErrorKind.Parsing, $"Exceeded max expression depth {ExpressionLimits.MaxDepth}");

    public static ExpressionException UnexpectedSymbol(string expression, Token token) => At(expression, token, "Unexpected symbol",
        token.Kind == TokenKind.Unexpected ? ExpressionErrorKind.Lexing : ExpressionErrorKind.Parsing);

    public static ExpressionException UnexpectedEnd(string expression, Token last) => At(expression, last, "Unexpected end of expression");

    public static ExpressionException UnknownContext(string expression, Token token, ExpressionNames names) =>
        At(expression, token, "Unrecognized named-value", knownNames: names.Contexts);

    public static ExpressionException UnknownFunction(string expression, Token token, ExpressionNames names) =>
        At(expression, token, "Unrecognized function", knownNames: names.Functions);

    public static ExpressionException TooFewArguments(string expression, Token function) =>
        At(expression, function, "Too few parameters supplied");

    public static ExpressionException TooManyArguments(string expression, Token function) =>
        At(expression, function, "Too many parameters supplied");

    public static ExpressionException EvenArguments(string expression, Token function) =>
        At(expression, function, "Even number of parameters supplied, requires an odd number of parameters");

    private static ExpressionException At(
        string expression,
        Token token,
        string description,
        ExpressionErrorKind kind = ExpressionErrorKind.Parsing,
        IReadOnlyList<string>? knownNames = null)
    {
        var text = token.TextIn(expression);
        var position = token.Index + 1;
        return new(kind, $"{description}: '{text}'. Located at position {position} within expression: {expression}")
        {
            Position = position,
            Token = text,
            KnownNames = knownNames ?? [],
        };
    }
}
