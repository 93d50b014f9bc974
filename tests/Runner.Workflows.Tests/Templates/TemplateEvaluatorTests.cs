using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Tests.Templates;

public sealed class TemplateEvaluatorTests
{
    private static readonly DictionaryData Matrix = new(
    [
        KeyValuePair.Create<string, ContextData>("os", new StringData("linux")),
        KeyValuePair.Create<string, ContextData>("n", new NumberData(3)),
        KeyValuePair.Create<string, ContextData>("on", new BooleanData(true)),
        KeyValuePair.Create<string, ContextData>("list", new ArrayData([new StringData("a"), new StringData("b")])),
        KeyValuePair.Create<string, ContextData>("env", DictionaryData.FromStrings([new("A", "1"), new("B", "2")])),
    ]);

    public static TheoryData<string, string> Texts => new()
    {
        // expression                  as text
        { "matrix.os",                 "linux" },
        { "matrix.n",                  "3" },
        { "matrix.on",                 "true" },
        { "matrix.missing",            "" },
        { "MATRIX.OS",                 "linux" },
        { "steps.one.outputs.x",       "" },
        { "success()",                 "" },
        { "format('{0}-{1}', matrix.os, matrix.n)", "linux-3" },
    };

    [Theory, MemberData(nameof(Texts))]
    public void Expression_in_a_text_slot_becomes_text(string expression, string expected) =>
        Assert.Equal(expected, Evaluator().EvaluateText(new ExpressionToken(expression)));

    [Fact]
    public void Literals_of_every_kind_become_text()
    {
        var evaluator = Evaluator();

        Assert.Equal("x", evaluator.EvaluateText(new StringToken("x")));
        Assert.Equal("1.5", evaluator.EvaluateText(new NumberToken(1.5)));
        Assert.Equal("false", evaluator.EvaluateText(new BooleanToken(false)));
        Assert.Equal("", evaluator.EvaluateText(new NullToken()));
        Assert.Equal("", evaluator.EvaluateText(null));
    }

    [Fact]
    public void Booleans_and_numbers_come_typed()
    {
        var evaluator = Evaluator();

        Assert.True(evaluator.EvaluateBoolean(new ExpressionToken("matrix.on")));
        Assert.Equal(3, evaluator.EvaluateNumber(new ExpressionToken("matrix.n")));
        Assert.True(evaluator.EvaluateCondition("matrix.os == 'Linux'"));
        Assert.False(evaluator.EvaluateCondition("failure()"));
    }

    [Fact]
    public void Mapping_keeps_its_order_and_merges_what_is_inserted()
    {
        var token = Map(
            (new StringToken("FIRST"), new StringToken("0")),
            (new InsertToken(), new ExpressionToken("matrix.env")),
            (new InsertToken(), Map((new StringToken("C"), new NumberToken(3)))),
            (new ExpressionToken("format('D_{0}', matrix.n)"), new ExpressionToken("matrix.on")));

        var texts = Evaluator().EvaluateTexts(token);

        Assert.Equal("FIRST=0,A=1,B=2,C=3,D_3=true", string.Join(',', texts.Select(entry => $"{entry.Key}={entry.Value}")));
    }

    [Fact]
    public void Mapping_may_be_one_expression()
    {
        var texts = Evaluator().EvaluateTexts(new ExpressionToken("matrix.env"));

        Assert.Equal([new("A", "1"), new("B", "2")], texts);
        Assert.Empty(Evaluator().EvaluateTexts(new NullToken()));
        Assert.Empty(Evaluator().EvaluateTexts(null));
    }

    [Fact]
    public void List_that_an_item_gives_is_put_in_item_by_item()
    {
        var token = new SequenceToken([new StringToken("x"), new ExpressionToken("matrix.list"), new ExpressionToken("matrix.n")]);

        Assert.Equal(["x", "a", "b", "3"], Evaluator().EvaluateTextList(token));
        Assert.Equal(["a", "b"], Evaluator().EvaluateTextList(new ExpressionToken("matrix.list")));
        Assert.Equal(["one"], Evaluator().EvaluateTextList(new StringToken("one")));
        var value = Assert.IsType<ArrayValue>(Evaluator().Evaluate(token));
        Assert.Equal(["x", "a", "b", "3"], value.Items.Select(item => item.ToText()));
    }

    public static TheoryData<string, Action<TemplateEvaluator, TemplateToken>, string> Refused => new()
    {
        // expression            slot                                             message
        { "matrix.list",         (evaluator, token) => evaluator.EvaluateText(token),    "A sequence was not expected" },
        { "matrix.env",          (evaluator, token) => evaluator.EvaluateText(token),    "A mapping was not expected" },
        { "'true'",              (evaluator, token) => evaluator.EvaluateBoolean(token), "Unexpected value 'true'" },
        { "'5'",                 (evaluator, token) => evaluator.EvaluateNumber(token),  "Unexpected value '5'" },
        { "matrix.missing",      (evaluator, token) => evaluator.EvaluateTexts(token),   "Unexpected value ''" },
        { "matrix.list",         (evaluator, token) => evaluator.EvaluateTexts(token),   "A sequence was not expected" },
        { "nosuch.x",            (evaluator, token) => evaluator.Evaluate(token),        "Unrecognized named-value: 'nosuch'. Located at position 1 within expression: nosuch.x" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Wrong_kind_is_refused_with_its_place(string expression, Action<TemplateEvaluator, TemplateToken> evaluate, string message)
    {
        var token = new ExpressionToken(expression) { Position = new SourcePosition(1, 12, 9) };

        var problem = Assert.Throws<WorkflowException>(() => evaluate(Evaluator(), token));

        Assert.Equal($".github/workflows/ci.yml (Line: 12, Col: 9): {message}", problem.Message);
        Assert.Equal(token.Position, problem.Position);
    }

    [Fact]
    public void All_errors_of_a_template_are_told_up_to_ten_each_cut_to_500_characters()
    {
        var token = Map([.. Enumerable.Range(0, 12).Select(i => ((ScalarToken)new StringToken($"K{i}"), (TemplateToken)new ExpressionToken("matrix.list")))]);
        var longName = new ExpressionToken(new string('x', 600));

        var many = Assert.Throws<WorkflowException>(() => Evaluator().EvaluateTexts(token));
        var cut = Assert.Throws<WorkflowException>(() => Evaluator().Evaluate(longName));

        Assert.Equal(Enumerable.Repeat("A sequence was not expected", 10), many.Message.Split('\n'));
        Assert.Equal(500 + "[...]".Length, cut.Message.Length);
        Assert.EndsWith("xxx[...]", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_empty_or_stand_twice_are_errors()
    {
        var token = Map(
            (new StringToken("A"), new StringToken("1")),
            (new InsertToken(), new ExpressionToken("matrix.env")),
            (new ExpressionToken("matrix.missing"), new StringToken("2")));

        var problem = Assert.Throws<WorkflowException>(() => Evaluator().EvaluateTexts(token));

        Assert.Equal("'A' is already defined\nUnexpected value ''", problem.Message);
    }

    [Fact]
    public void Insert_needs_a_mapping()
    {
        var problem = Assert.Throws<WorkflowException>(() => Evaluator().EvaluateTexts(Map((new InsertToken(), new StringToken("x")))));

        Assert.Equal("Expected a mapping", problem.Message);
    }

    [Fact]
    public void Limits_end_the_evaluation()
    {
        TemplateToken deep = new StringToken("x");
        for (var i = 0; i < 51; i++)
        {
            deep = new SequenceToken([deep]);
        }

        var tooDeep = Assert.Throws<WorkflowException>(() => Evaluator().Evaluate(deep));
        var wide = new SequenceToken([.. Enumerable.Repeat<TemplateToken>(new StringToken(new string('x', 1000)), 10)]);
        var tooLarge = Assert.Throws<WorkflowException>(() => Evaluator(new TemplateLimits { MaxBytes = 10_000 }).Evaluate(wide));
        var tooMany = Assert.Throws<WorkflowException>(() => Evaluator(new TemplateLimits { MaxEvents = 5 }).Evaluate(wide));

        Assert.Equal("Maximum object depth exceeded", tooDeep.Message);
        Assert.Equal("Maximum object size exceeded", tooLarge.Message);
        Assert.Equal("The template has more than 5 values", tooMany.Message);
    }

    [Fact]
    public void Contexts_of_the_caller_and_its_functions_are_used()
    {
        var context = new EvaluationContext
        {
            Contexts = new Dictionary<string, Value> { ["mine"] = new StringValue("yes") },
            Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>> { ["success"] = _ => BooleanValue.True },
        };
        var evaluator = new TemplateEvaluator(context, []);

        Assert.True(evaluator.EvaluateCondition("success() && mine == 'yes'"));
    }

    [Fact]
    public void Context_data_survives_the_way_to_values_and_back()
    {
        var value = ContextValues.ToValue(Matrix);

        var back = Assert.IsType<DictionaryData>(ContextValues.ToData(value));

        Assert.Equal(Matrix.Entries.Select(entry => entry.Key), back.Entries.Select(entry => entry.Key));
        Assert.Equal(Matrix.Find("n"), back.Find("N"));
        Assert.Equal(NullValue.Instance, ContextValues.ToValue(null));
    }

    private static TemplateEvaluator Evaluator(TemplateLimits? limits = null) => new(
        new EvaluationContext { Contexts = ContextValues.ToContexts([new("matrix", Matrix)]) },
        [".github/workflows/ci.yml"],
        limits ?? TemplateLimits.Workflow);

    private static MappingToken Map(params (ScalarToken Key, TemplateToken Value)[] entries) =>
        new([.. entries.Select(entry => new MappingEntry(entry.Key, entry.Value))]);
}
