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

        Assert.Equal(new(canonical, expanded, result), trace);
        Assert.Equal(Given.Evaluate(expression, Contexts), Given.Show(value));
    }

    [Fact]
    public void Lines_leave_out_what_says_no_more()
    {
        Assert.Equal(["Evaluating: (1 == 1)", "Expanded: (1 == 1)", "Result: true"], Lines("1==1"));
        Assert.Equal(["Evaluating: github.ref", "Result: 'refs/heads/main'"], Lines("github.ref"));
    }

    private static IReadOnlyList<string> Lines(string expression) =>
        Expression.Parse(expression).EvaluateTraced(Given.Contexts(Contexts)).Trace.ToLines();
}
