using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;

namespace Runner.Workflows.Templates;

/// <summary>What is wrong with an expression at its place in a file.</summary>
/// <param name="Message">In GitHub's words.</param>
/// <param name="Hint">The nearest name that is known at the place, or <c>null</c>.</param>
/// <param name="Offset">Index in the expression of what is to blame, from 0; its beginning where no one place is.</param>
internal sealed record ExpressionProblem(string Message, string? Hint, int Offset = 0);

/// <summary>Checks expressions against the contexts and functions of their place.</summary>
internal static class ScopedExpressions
{
    /// <summary>What is wrong, or <c>null</c>.</summary>
    public static ExpressionProblem? Check(string expression, ExpressionScope scope)
    {
        try
        {
            _ = Expression.Parse(expression, scope.Names);
            return null;
        }
        catch (ExpressionException problem)
        {
            var hint = problem is { Token: { } token, KnownNames.Count: > 0 } ? Hints.Nearest(token, problem.KnownNames) : null;
            return new ExpressionProblem(problem.Message, hint, (problem.Position ?? 1) - 1);
        }
    }
}
