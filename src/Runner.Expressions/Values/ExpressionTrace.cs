namespace Runner.Expressions.Values;

/// <summary>How an expression came to its value. Holds values: mask it before it is shown.</summary>
/// <param name="Evaluating">The expression in canonical form: operators in parentheses, spaces normal.</param>
/// <param name="Steps">A line where the evaluation of each node begins, and one with its value; two dots for each level.</param>
/// <param name="Expanded">The same with values in place of contexts and calls; <c>null</c> where it says no more than the result.</param>
/// <param name="Result">The value: strings in quotes, <c>Array</c>, <c>Object</c>.</param>
public sealed record ExpressionTrace(string Evaluating, IReadOnlyList<string> Steps, string? Expanded, string Result)
{
    /// <summary>The trace of a blank expression.</summary>
    internal static ExpressionTrace Empty { get; } = new("", [], null, "null");

    /// <summary>The lines of the debug log, in order.</summary>
    public IReadOnlyList<string> ToLines() => Expanded is null
        ? [$"Evaluating: {Evaluating}", .. Steps, $"Result: {Result}"]
        : [$"Evaluating: {Evaluating}", .. Steps, $"Expanded: {Expanded}", $"Result: {Result}"];
}
