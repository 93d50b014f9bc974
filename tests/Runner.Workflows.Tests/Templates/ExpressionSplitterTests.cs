using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Tests.Templates;

public sealed class ExpressionSplitterTests
{
    private const string InsertInText =
        "The directive 'insert' is not allowed in this context. Directives are not supported for expressions that are embedded within a string. "
        + "Directives are only supported when the entire value is an expression.";

    public static TheoryData<string, string> Expressions => new()
    {
        // text                              expression
        { "${{ github.ref }}",               "github.ref" },
        { "${{github.ref}}",                 "github.ref" },
        { "${{ 'a}}b' == x }}",              "'a}}b' == x" },
        { "${{ 'it''s }}' || x }}",          "'it''s }}' || x" },
        { "${{ 'a' == 'b' }}",               "'a' == 'b'" },
        { "${{ ('a') }}",                    "('a')" },
        { "${{ inserted }}",                 "inserted" },
        { "x${{ 'a' }}",                     "format('x{0}', 'a')" },
        { "ci-${{ github.ref }}",            "format('ci-{0}', github.ref)" },
        { " ${{ a }}",                       "format(' {0}', a)" },
        { "${{ a }}${{ b }}",                "format('{0}{1}', a, b)" },
        { "a'b{c}${{ x }}",                  "format('a''b{{c}}{0}', x)" },
        { "${{ a }} and ${{ b }}!",          "format('{0} and {1}!', a, b)" },
        { "${{ a }}}",                       "format('{0}}}', a)" },
        { "false || ${{ true && true }}",    "format('false || {0}', true && true)" },
    };

    [Theory, MemberData(nameof(Expressions))]
    public void Text_with_expressions_becomes_one_expression(string text, string expected)
    {
        var position = new SourcePosition(1, 2, 3);

        var token = Split(text, out var problems, position);

        Assert.Empty(problems);
        Assert.Equal(new ExpressionToken(expected) { Position = position, Written = text }, token);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("$ {{ x }}")]
    [InlineData("{{ x }}")]
    public void Text_without_expressions_stays_as_it_is(string text) => Assert.Equal(new StringToken(text), Split(text, out _));

    [Theory]
    [InlineData("${{ 'a}}b' }}", "a}}b")]
    [InlineData("${{ 'it''s }}' }}", "it's }}")]
    [InlineData("${{'${{ github.ref }}'}}", "${{ github.ref }}")]
    [InlineData("${{ '' }}", "")]
    public void Expression_that_is_only_a_text_in_quotes_is_that_text(string text, string expected)
    {
        var token = Split(text, out var problems);

        Assert.Empty(problems);
        Assert.Equal(new StringToken(expected), token);
    }

    public static TheoryData<string, string[]> Problems => new()
    {
        { "a ${{ insert }}",       [InsertInText] },
        { "${{ insert }} b",       [InsertInText] },
        { "${{ insert }}${{ a }}", [InsertInText] },
        { "${{ insert x y }}",     ["Exactly 0 parameter(s) were expected following the directive 'insert'. Actual parameter count: 2"] },
        { "a ${{ long }}",         ["format('a {0}', long) is too long"] },
        { "echo ${{ }}",           ["An expression was expected"] },
        { "${{",                   ["The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found."] },
        { "${{ 'x }}",             ["The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found."] },
        { "${{ }} ${{ bad }}",     ["An expression was expected", "bad is bad"] },
    };

    [Theory, MemberData(nameof(Problems))]
    public void Every_broken_expression_of_a_text_is_reported(string text, string[] expected)
    {
        var token = Split(text, out var problems);

        Assert.Equal(expected, problems);
        Assert.Equal(new StringToken(text), token);
    }

    [Fact]
    public void Insert_alone_is_a_directive()
    {
        Assert.IsType<InsertToken>(Split("${{ insert }}", out var problems));
        Assert.Empty(problems);
    }

    private static ScalarToken Split(string text, out List<string> problems, SourcePosition? position = null)
    {
        var found = new List<string>();
        problems = found;
        return ExpressionSplitter.Split(
            new StringToken(text) { Position = position },
            expression => expression switch
            {
                "bad" => new ExpressionProblem("bad is bad", Hint: null),
                _ when expression.EndsWith("long)", StringComparison.Ordinal) => new ExpressionProblem($"{expression} is too long", Hint: null),
                _ => null,
            },
            (problem, _) => found.Add(problem.Message));
    }
}
