namespace Runner.Expressions.Tests;

public sealed class TraceTests
{
    private const string Contexts = """{ "github": { "ref": "refs/heads/main", "event": { "labels": [] }, "a b": "it's" } }""";

    public static TheoryData<string, string, string?, string> Traces => new()
    {
        // expression                            canonical                                  expanded                                     result
        { "github.ref=='x'&&!1||2",              "(((github.ref == 'x') && !1) || 2)",      "((('refs/heads/main' == 'x') && !1) || 2)", "2" },
        { "github['ref']",                       "github.ref",                              null,                                        "'refs/heads/main'" },
        { "github['a b']",                       "github['a b']",                           null,                                        "'it''s'" },
        { "format( '{0}',github.event.*[0] )",   "format('{0}', github.event[*][0])",       null,                                        "'Array'" },
        { "false && contains(github.ref, 'x')",  "(false && contains(github.ref, 'x'))",    "(false && contains(github.ref, 'x'))",      "false" },
        { "1 == github.event",                   "(1 == github.event)",                     "(1 == Object)",                             "false" },
        { "null",                                "null",                                    null,                                        "null" },
    };

    [Theory, MemberData(nameof(Traces))]
    public void Trace_shows_the_expression_its_values_and_the_result(string expression, string canonical, string? expanded, string result)
    {
        var (value, trace) = Expression.Parse(expression).EvaluateTraced(Given.Contexts(Contexts));

        Assert.Equal((canonical, expanded, result), (trace.Evaluating, trace.Expanded, trace.Result));
        Assert.Equal(Given.Evaluate(expression, Contexts), Given.Show(value));
    }

    [Fact]
    public void Lines_leave_out_what_says_no_more()
    {
        Assert.Equal(["Evaluating: (1 == 1)", "Expanded: (1 == 1)", "Result: true"], Lines("1==1").Where(line => line.Contains(": ", StringComparison.Ordinal)));
        Assert.Equal(["Evaluating: github.ref", "Result: 'refs/heads/main'"], Lines("github.ref").Where(line => line.Contains(": ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nodes_are_told_with_their_values_in_the_order_of_their_evaluation()
    {
        Assert.Equal(
            [
                "Evaluating: (contains(github.event.labels[*].name, 'x') || (2 > 1))",
                "Evaluating Or:",
                "..Evaluating contains:",
                "....Evaluating Index:",
                "......Evaluating Index:",
                "........Evaluating Index:",
                "..........Evaluating Index:",
                "............Evaluating github:",
                "............=> Object",
                "............Evaluating String:",
                "............=> 'event'",
                "..........=> Object",
                "..........Evaluating String:",
                "..........=> 'labels'",
                "........=> Array",
                "........Evaluating Wildcard:",
                "........=> '*'",
                "......=> Array",
                "......Evaluating String:",
                "......=> 'name'",
                "....=> Array",
                "....Evaluating String:",
                "....=> 'x'",
                "..=> false",
                "..Evaluating GreaterThan:",
                "....Evaluating Number:",
                "....=> 2",
                "....Evaluating Number:",
                "....=> 1",
                "..=> true",
                "=> true",
                "Expanded: (false || (2 > 1))",
                "Result: true",
            ],
            Lines("contains(github.event.labels.*.name, 'x') || 2 > 1"));
    }

    [Theory]
    [InlineData("format('Deploy {0} to {1}', github.ref, steps.a.outputs.b)", "Deploy ${{ github.ref }} to ${{ steps.a.outputs.b }}")]
    [InlineData("format('{{x}} {0}', toJSON(inputs))", "{x} ${{ toJSON(inputs) }}")]
    [InlineData("github.ref", "${{ github.ref }}")]
    [InlineData("format(github.ref, 1)", "${{ format(github.ref, 1) }}")]
    public void Template_is_told_as_it_was_written(string expression, string template) =>
        Assert.Equal(template, Expression.Parse(expression).ToTemplate());

    [Theory]
    [InlineData("github.ref", true)]
    [InlineData("format('{0}', GITHUB.ref)", true)]
    [InlineData("steps.a", false)]
    [InlineData("github.ref || hashFiles('x')", false)]
    public void Expression_is_covered_where_all_that_it_names_is_there(string expression, bool isCovered) =>
        Assert.Equal(isCovered, Expression.Parse(expression).IsCoveredBy(Given.Contexts(Contexts)));

    private static IReadOnlyList<string> Lines(string expression) =>
        Expression.Parse(expression).EvaluateTraced(Given.Contexts(Contexts)).Trace.ToLines();
}
