using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

public sealed class EvaluationTests
{
    private const string Contexts = """
        {
          "github": { "ref": "refs/heads/main", "event": { "commits": [ { "id": 1 }, { "id": 2 }, { "message": "x" }, { "id": null } ] } },
          "matrix": { "Os": "linux", "none": null, "": "empty name" },
          "list": [ [ 1, 2 ], [ 3 ], "text", { "a": { "b": 4 } } ],
          "nothing": null
        }
        """;

    public static TheoryData<string, string> Expressions => new()
    {
        // expression                                   value
        { "github.event.commits.*.id",                  "[1,2,null]" },
        { "github.event.commits.*.id[0]",               "[]" },
        { "list.*[0]",                                  "[1,3]" },
        { "(list.*)[1]",                                "[2]" },
        { "list.*.*",                                   "[1,2,3,{\"b\":4}]" },
        { "list.*.*.*",                                 "[4]" },
        { "list[*].a.b",                                "[4]" },
        { "list[0.9][1.9]",                             "2" },
        { "list[-0.5]",                                 "null" },
        { "list['1'][null]",                            "3" },
        { "list[99999999999]",                          "null" },
        { "MATRIX.oS",                                  "\"linux\"" },
        { "matrix[null]",                               "\"empty name\"" },
        { "matrix.none.deeper.still",                   "null" },
        { "nothing.*",                                  "[]" },
        { "absent",                                     "null" },
        { "absent.a['b'].*.c",                          "[]" },
        { "matrix.os && 'a' || 'b'",                    "\"a\"" },
        { "matrix.x && 'a' || 'b'",                     "\"b\"" },
        { "0 || '' || null",                            "null" },
        { "1 && 'x' && 0 && absent",                    "0" },
        { "true && (1 && (2 && 3))",                    "3" },
        { "!github.ref == false",                       "true" },
        { "!(1 == 1) || !!'x'",                         "true" },
        { "1 < 2 == true",                              "true" },
        { "null >= null",                               "true" },
        { "null > null",                                "false" },
        { "list == list",                               "true" },
        { "list == fromJson(toJson(list))",             "false" },
        { "list == 'Array'",                            "false" },
        { "list >= list",                               "true" },
        { "'b' > 'A'",                                  "true" },
        { "'ſ' == 's'",                                 "false" },
        { "'abc' == 0",                                 "false" },
        { "'' == 0",                                    "true" },
        { "0xffffffff",                                 "-1" },
        { "'0x1ffffffff' == 'x'",                       "false" },
        { "0o37777777777",                              "-1" },
        { "'0o8' == 0",                                 "false" },
        { "-Infinity < -1e308",                         "true" },
        { "1e999 == Infinity",                          "true" },
        { "'infinity' == Infinity",                     "false" },
        { "'it''s'",                                    "\"it's\"" },
        { "''''",                                       "\"'\"" },
        { "github . ref",                               "\"refs/heads/main\"" },
        { "format ('{0}', 1)",                          "\"1\"" },
        { "FORMAT('{0}', 1)",                           "\"1\"" },
        { "github.format",                              "null" },
        { "case(false, 1, null == 0, 2, 3)",            "2" },
        { "",                                           "null" },
        { "  \t\n ",                                    "null" },
    };

    [Theory, MemberData(nameof(Expressions))]
    public void Expression_has_the_value(string expression, string value) =>
        Assert.Equal(value, Given.Evaluate(expression, Contexts));

    [Fact]
    public void Names_of_a_case_sensitive_object_keep_their_case()
    {
        var env = new ObjectValue([new("Path", new StringValue("a")), new("PATH", new StringValue("b"))], isCaseSensitive: true);
        var context = new EvaluationContext { Contexts = new Dictionary<string, Value> { ["env"] = env } };

        Assert.Equal("b", Expression.Parse("env.PATH").Evaluate(context).ToText());
        Assert.Equal(NullValue.Instance, Expression.Parse("env.path").Evaluate(context));
    }

    [Fact]
    public void Later_name_replaces_the_earlier_one_in_its_place()
    {
        var value = new ObjectValue([new("a", new NumberValue(1)), new("b", new NumberValue(2)), new("A", new NumberValue(3))]);

        Assert.Equal("{\"a\":3,\"b\":2}", Given.Show(value));
    }

    [Fact]
    public void Supplied_function_gets_the_values_of_its_arguments()
    {
        IReadOnlyList<Value>? given = null;
        var context = new EvaluationContext
        {
            Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>>
            {
                ["hashFiles"] = arguments =>
                {
                    given = arguments;
                    return new StringValue("abc");
                },
            },
        };

        var value = Expression.Parse("format('{0}!', HASHFILES('a', 1 == 1))").Evaluate(context);

        Assert.Equal("abc!", value.ToText());
        Assert.Equal([new StringValue("a"), BooleanValue.True], given);
    }

    [Fact]
    public void Function_that_is_not_supplied_is_an_error_only_when_it_is_called()
    {
        var expression = Expression.Parse("false && success()");

        Assert.Equal(BooleanValue.False, expression.Evaluate(new()));
        var error = Assert.Throws<ExpressionException>(() => Expression.Parse("success()").Evaluate(new()));
        Assert.Equal(ExpressionErrorKind.Evaluation, error.Kind);
        Assert.Equal("The function 'success' is not available here", error.Message);
    }

    [Theory]
    [InlineData("false && boom()")]
    [InlineData("true || boom()")]
    [InlineData("case(true, 1, boom(), 2, boom())")]
    [InlineData("format('text', boom())")]
    [InlineData("join('text', boom())")]
    public void What_is_not_needed_is_not_evaluated(string expression)
    {
        var names = new ExpressionNames([], [new("boom", 0, 0)]);

        Expression.Parse(expression, names).Evaluate(new()); // boom is not supplied, so a call would throw
    }

    [Fact]
    public void Format_evaluates_an_argument_once()
    {
        var calls = 0;
        var context = new EvaluationContext
        {
            Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>> { ["always"] = _ => new NumberValue(++calls) },
        };

        Assert.Equal("1 1 1", Expression.Parse("format('{0} {0} {0}', always())").Evaluate(context).ToText());
    }

    [Fact]
    public void One_expression_can_be_evaluated_by_many_at_a_time()
    {
        var expression = Expression.Parse("format('{0}-{1}', github.run, contains(github.list.*, 7))");

        Parallel.For(0, 200, run => Assert.Equal(
            $"{run}-true",
            expression.Evaluate(Given.Contexts($$"""{ "github": { "run": {{run}}, "list": [5, 6, 7] } }""")).ToText()));
    }
}
