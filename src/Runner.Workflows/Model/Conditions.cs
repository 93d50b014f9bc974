using Runner.Expressions;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Model;

/// <summary>Makes an <c>if</c> the condition that the job message carries (<c>expressions.md</c> section 7).</summary>
internal static class Conditions
{
    public const string Default = "success()";

    private const string AlwaysTrue =
        "This condition is always true: with text beside ${{ }} it is no expression but a text that is not empty. Put all of it into one ${{ }}, or leave ${{ }} out";

    /// <summary>The condition: <c>success()</c> where nothing is written, and joined with it where no status function is called.</summary>
    /// <remarks>An expression that cannot be read is reported; the result is then the default.</remarks>
    public static string Read(TemplateToken? token, ExpressionScope scope, DiagnosticBag diagnostics)
    {
        var text = token switch
        {
            StringToken plain => plain.Value.Trim(),
            ExpressionToken expression => expression.Expression,
            _ => string.Empty,
        };
        if (token is ExpressionToken { Written: { } written } && HasTextAround(written))
        {
            diagnostics.Notes.Add(new Diagnostic(diagnostics.File, token.Position?.Line ?? 0, token.Position?.Column ?? 0, AlwaysTrue));
        }

        if (text.Length == 0 || ExpressionSplitter.HasExpression(text))
        {
            // Text in which ${{ still stands was not understood, and that has been said.
            return Default;
        }

        if (ScopedExpressions.Check(text, scope) is { } problem)
        {
            if (token is not ExpressionToken)
            {
                diagnostics.Add(token?.Position, new ExpressionSpot(-1, text, problem.Offset), problem.Message, problem.Hint);
            }

            return Default;
        }

        return Expression.Parse(text, scope.Names).CallsFunction(KnownNames.StatusFunctions) ? text : $"success() && ({text})";
    }

    // "${{ a }} == 'b'", "${{ a }} && ${{ b }}"
    private static bool HasTextAround(string written)
    {
        var text = written.Trim();
        return !text.StartsWith("${{", StringComparison.Ordinal) || !text.EndsWith("}}", StringComparison.Ordinal)
            || text.IndexOf("${{", 1, StringComparison.Ordinal) > 0;
    }
}
