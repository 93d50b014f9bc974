using System.Text.Json;
using Runner.Expressions.Evaluation;
using Runner.Expressions.Lexing;
using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Tests.Differential;

/// <summary>
/// Where GitHub's C# and TypeScript implementations differ. We keep the rules of the C# one, which runs the jobs. Each reason is proved from the
/// expression itself: one that merely looks like it does not pass.
/// </summary>
internal static class KnownDifferences
{
    private const string Lexing = "lexing error";
    private const string Parsing = "parsing error";
    private const string Evaluation = "evaluation error";

    // Their arguments are evaluated when they are needed, if ever (expressions.md sections 5 and 5.1).
    private static readonly string[] LazyFunctions = ["format", "join", "case", "contains", "startsWith", "endsWith"];

    /// <summary>Why the two may differ; <c>null</c>: they may not.</summary>
    public static string? Reason(string expression, string theirs, string ours) => (theirs, ours) switch
    {
        (Lexing, Parsing) when HasBrokenToken(expression) =>
            "TypeScript reads all tokens before it parses; C# parses as it reads and tells what is wrong first",
        (Lexing, Parsing) when HasPair(expression, TokenKind.Dot, TokenKind.Dot) || HasPair(expression, TokenKind.Literal, TokenKind.Dot) =>
            "TypeScript reads a number where a dot follows a dot or a literal; C# reads a dot, which may not stand there (section 1)",
        (_, Parsing) when HasPair(expression, TokenKind.Separator, TokenKind.EndParenthesis) => "TypeScript lets a comma stand before the closing parenthesis (section 1: ')' follows no ',')",
        (Evaluation, _) when Calls(expression, LazyFunctions).Any(call => call.Arguments.Any(IsError)) =>
            "C# evaluates an argument when it is needed, TypeScript all of them: one that is an error is not needed (section 5)",
        (_, Evaluation) when Calls(expression, "format").Any(HasFormatSpecifier) =>
            "TypeScript skips what follows a colon in {0:x}; C# refuses it (section 5.1)",
        _ when Calls(expression, "fromJson").Any(IsLenientJson) =>
            "C# reads JSON as Newtonsoft.Json does, TypeScript strictly (section 5.3)",
        _ when Calls(expression, "toJson").Any(HasNonFiniteNumber) =>
            "C# writes NaN and the infinities bare, TypeScript as null (section 5.2)",
        _ => null,
    };

    private static bool HasBrokenToken(string expression) => Tokens(expression).Any(token => token.Kind == TokenKind.Unexpected);

    private static bool HasPair(string expression, TokenKind first, TokenKind second)
    {
        var kinds = Tokens(expression).Select(token => token.Kind).ToList();
        return kinds.Zip(kinds.Skip(1)).Contains((first, second));
    }

    private static IEnumerable<Token> Tokens(string expression)
    {
        var lexer = new Lexer(expression);
        for (var token = lexer.Next(); token.Kind != TokenKind.End; token = lexer.Next())
        {
            yield return token;
        }
    }

    private static IEnumerable<CallNode> Calls(string expression, params string[] functions)
    {
        try
        {
            return Parser.Parse(expression, ExpressionNames.Unrestricted) is { } root
                ? WithDescendants(root).OfType<CallNode>().Where(call => functions.Contains(call.Name, StringComparer.OrdinalIgnoreCase))
                : [];
        }
        catch (ExpressionException)
        {
            return [];
        }
    }

    private static IEnumerable<Node> WithDescendants(Node node) => node.Children.SelectMany(WithDescendants).Prepend(node);

    private static bool IsError(Node node) => ErrorOf(node) is not null;

    private static bool HasFormatSpecifier(CallNode call) =>
        ErrorOf(call)?.StartsWith("The format specifiers", StringComparison.Ordinal) == true;

    private static bool IsLenientJson(CallNode call)
    {
        if (TryEvaluate(call) is null || TryEvaluate(call.Arguments[0])?.ToText() is not { } text)
        {
            return false;
        }

        try
        {
            using var strict = JsonDocument.Parse(text);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static bool HasNonFiniteNumber(CallNode call) => TryEvaluate(call.Arguments[0]) is { } value && HasNonFiniteNumber(value);

    private static bool HasNonFiniteNumber(Value value) => value switch
    {
        NumberValue number => !double.IsFinite(number.Value),
        ArrayValue array => array.Items.Any(HasNonFiniteNumber),
        ObjectValue members => members.Entries.Any(entry => HasNonFiniteNumber(entry.Value)),
        _ => false,
    };

    private static Value? TryEvaluate(Node node)
    {
        try
        {
            return Evaluate(node);
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    private static string? ErrorOf(Node node)
    {
        try
        {
            Evaluate(node);
            return null;
        }
        catch (ExpressionException error)
        {
            return error.Message;
        }
    }

    private static Value Evaluate(Node node) => new Evaluator(string.Empty, Given.Contexts(ExpressionWriter.Contexts)).Evaluate(node);
}
