using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

public sealed class LimitTests
{
    [Fact]
    public void Expression_may_have_21000_characters()
    {
        Assert.Equal(20_998, Expression.Parse($"'{new string('x', 20_998)}'").Evaluate(new()).ToText().Length);

        var error = Assert.Throws<ExpressionException>(() => Expression.Parse($"'{new string('x', 20_999)}'"));
        Assert.Equal("Exceeded max expression length 21000", error.Message);
    }

    [Theory]
    [InlineData("!", "true", 49)]
    [InlineData("join(", "1", 49)]
    [InlineData("x[", "1", 49)]
    public void Tree_may_have_50_levels(string start, string leaf, int levels)
    {
        var end = start[^1] switch { '(' => ")", '[' => "]", _ => "" };

        Expression.Parse(Nest(levels)).Evaluate(new());

        var error = Assert.Throws<ExpressionException>(() => Expression.Parse(Nest(levels + 1)));
        Assert.Equal("Exceeded max expression depth 50", error.Message);

        string Nest(int count) => string.Concat(Enumerable.Repeat(start, count)) + leaf + string.Concat(Enumerable.Repeat(end, count));
    }

    [Fact]
    public void Parentheses_and_chains_make_no_levels()
    {
        Assert.Equal("1", Given.Evaluate(new string('(', 5000) + "1" + new string(')', 5000)));
        Assert.Equal("7", Given.Evaluate(string.Concat(Enumerable.Repeat("1&&", 5000)) + "7"));
    }

    [Theory]
    [InlineData("!")]
    [InlineData("(")]
    [InlineData("x[")]
    [InlineData("toJson(")]
    [InlineData("1==(")]
    [InlineData("x.*[!")]
    public void Endless_nesting_is_an_error(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, ExpressionLimits.MaxLength / part.Length));

        Assert.Throws<ExpressionException>(() => Expression.Parse(text));
    }

    [Fact]
    public void Texts_may_not_outgrow_the_memory()
    {
        const string Doubling = "format('{0}{0}{0}{0}{0}{0}{0}{0}{0}{0}', ";
        var expression = Expression.Parse(string.Concat(Enumerable.Repeat(Doubling, 8)) + "'0123456789'" + new string(')', 8));

        var error = Assert.Throws<ExpressionException>(() => expression.Evaluate(new()));

        Assert.Equal($"The maximum allowed memory size was exceeded while evaluating the following expression: {expression.Text}", error.Message);
        Assert.Equal(ExpressionErrorKind.Evaluation, error.Kind);
    }

    [Fact]
    public void Memory_of_what_is_done_counts_no_more()
    {
        // Each text takes 226 bytes, and all of them together more than the limit.
        var expression = Expression.Parse(string.Join(" && ", Enumerable.Repeat($"join('{new string('x', 100)}') != 1", 20)));

        Assert.True(expression.Evaluate(new() { MaxBytes = 1000 }).IsTruthy);
        Assert.Throws<ExpressionException>(() => expression.Evaluate(new() { MaxBytes = 200 }));
    }

    [Fact]
    public void What_a_function_builds_counts_once_beside_other_values()
    {
        // Two texts of just under half of what is allowed: together they fit, whatever was held on the way.
        var text = new string('x', 60_000);
        var context = new EvaluationContext { Contexts = new Dictionary<string, Value> { ["a"] = new StringValue(text) } };
        string Format(int times) => $"format('{string.Concat(Enumerable.Repeat("{0}", times))}', a)";

        Assert.True(Expression.Parse($"{Format(43)} == {Format(43)}").Evaluate(context).IsTruthy);
        Assert.Contains("maximum allowed memory", Assert.Throws<ExpressionException>(() => Expression.Parse($"{Format(44)} == {Format(44)}").Evaluate(context)).Message, StringComparison.Ordinal);
        Assert.Throws<ExpressionException>(() => Expression.Parse(Format(88)).Evaluate(context));
    }
}
