using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Tests.Templates;

public sealed class ExpressionSplitterTests
{
    public static TheoryData<string, string> Expressions => new()
    {
        // text                              expression
        { "${{ github.ref }}",               "github.ref" },
        { "${{github.ref}}",                 "github.ref" },
        { "${{ 'a}}b' }}",                   "'a}}b'" },
        { "${{ 'it''s }}' }}",               "'it''s }}'" },
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

    public static TheoryData<string, string[]> Problems => new()
    {
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
    public void Insert_is_a_directive_only_as_a_whole_key()
    {
        var key = ExpressionSplitter.Split(new StringToken("${{ insert }}"), isKey: true, _ => null, (problem, _) => Assert.Fail(problem.Message));
        var value = ExpressionSplitter.Split(new StringToken("${{ insert }}"), isKey: false, _ => null, (problem, _) => Assert.Fail(problem.Message));

        Assert.IsType<InsertToken>(key);
        Assert.Equal(new ExpressionToken("insert") { Written = "${{ insert }}" }, value);
    }

    private static ScalarToken Split(string text, out List<string> problems, SourcePosition? position = null)
    {
        var found = new List<string>();
        problems = found;
        return ExpressionSplitter.Split(
            new StringToken(text) { Position = position },
            isKey: false,
            expression => expression == "bad" ? new ExpressionProblem("bad is bad", Hint: null) : null,
            (problem, _) => found.Add(problem.Message));
    }
}
