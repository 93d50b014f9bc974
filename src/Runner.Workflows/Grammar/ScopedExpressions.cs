using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Grammar;

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
