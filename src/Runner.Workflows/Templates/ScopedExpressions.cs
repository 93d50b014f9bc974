using Runner.Workflows.Grammar;

namespace Runner.Workflows.Templates;

internal static class ScopedExpressions
{
    public static string? Check(string expression, ExpressionScope scope) => null;
}
