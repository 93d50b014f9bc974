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
}
