namespace Runner.Workflows.Templates;

/// <summary>What is wrong with an expression at its place in a file.</summary>
/// <param name="Message">In GitHub's words.</param>
/// <param name="Hint">The nearest name that is known at the place, or <c>null</c>.</param>
/// <param name="Offset">Index in the expression of what is to blame, from 0; its beginning where no one place is.</param>
internal sealed record ExpressionProblem(string Message, string? Hint, int Offset = 0);
