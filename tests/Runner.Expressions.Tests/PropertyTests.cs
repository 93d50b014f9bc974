using CsCheck;
using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

/// <summary>No input makes the language hang, overflow, or throw anything but its own exception.</summary>
public sealed class PropertyTests
{
    private static readonly string[] Pieces =
    [
        "github", "env", "x", "true", "null", "NaN", "Infinity", "'text'", "''", "'{0}{1}'", "'[1,{\"a\":2}]'", "'", "1", "-1", ".5", "0xff", "1e3", "-", "+",
        "(", ")", "(", ")", "[", "]", ",", ".", ".*", "[*]", "*", "!", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "=", "&", "|", " ", "\n",
        "contains(", "format(", "fromJson(", "toJson(", "join(", "startsWith(", "endsWith(", "case(", "success()", "hashFiles(", "é", "$", "\"", "\0", "\ud800",
    ];

    private static readonly string[] JsonPieces =
    [
        "{", "}", "[", "]", ",", ":", "\"a\"", "'b'", "\"", "'", "\\", "\\u12", "1", "-", "0x", "08", "1e999", ".", "true", "null", "nul", "NaN", "-Infinity",
        "undefined", "/*", "*/", "//", "\n", " ", "key", "$", "\ufeff", "\ud800", "new Date(1)",
    ];

    private static readonly EvaluationContext Context = Given.Contexts(
        """{ "github": { "ref": "main", "list": [ { "a": 1 }, [ 2, 3 ], null ] }, "env": {}, "x": [ "text", 7 ] }""");

    private static readonly Gen<string> Soup = Join(Gen.OneOf(Pieces).Array[0, 40]);
    private static readonly Gen<string> JsonSoup = Join(Gen.OneOf(JsonPieces).Array[0, 30]);

    private static readonly Gen<Value> AnyValue = Gen.Recursive<Value>((depth, inner) => depth > 4
        ? Gen.Const<Value>(NullValue.Instance)
        : Gen.OneOf(
            Gen.Const<Value>(NullValue.Instance),
            Gen.Bool.Select(Value (value) => BooleanValue.Of(value)),
            Gen.Int[-1000, 1000].Select(Value (value) => new NumberValue(value / 4d)),
            Gen.String.Select(Value (value) => new StringValue(value)),
            inner.Array[0, 4].Select(Value (items) => new ArrayValue(items)),
            Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 5], inner).Array[0, 4]
                .Select(Value (entries) => new ObjectValue(entries.Select(entry => KeyValuePair.Create(entry.Item1, entry.Item2))))));

    [Fact]
    public void Any_text_is_an_expression_or_an_error() => Gen.String.Sample(text => Try(text), iter: 20_000);

    [Fact]
    public void Any_row_of_tokens_is_an_expression_or_an_error() => Soup.Sample(text => Try(text), iter: 100_000);

    [Fact]
    public void Any_json_is_a_value_or_an_error() => JsonSoup.Sample(
        text => Try("fromJson(x)", new() { Contexts = new Dictionary<string, Value> { ["x"] = new StringValue(text) } }),
        iter: 50_000);

    [Fact]
    public void Any_format_is_a_text_or_an_error() => Join(Gen.OneOf("{", "}", "0", "1", "9", ":", "a", " ").Array[0, 12]).Sample(
        text => Try($"format('{text}', 'first', 'second')"),
        iter: 50_000);

    [Fact]
    public void Written_json_reads_back_as_the_same_value() => AnyValue.Sample(
        value =>
        {
            var context = new EvaluationContext { Contexts = new Dictionary<string, Value> { ["x"] = value } };
            Assert.Equal(Given.Show(value), Given.Show(Expression.Parse("fromJson(toJson(x))").Evaluate(context)));
        },
        iter: 5_000);

    [Fact]
    public void Equality_and_order_agree() => Gen.Select(AnyValue, AnyValue).Sample(
        (left, right) =>
        {
            var context = new EvaluationContext { Contexts = new Dictionary<string, Value> { ["a"] = left, ["b"] = right } };
            Assert.Equal(Is("a == b"), Is("b == a"));
            Assert.Equal(Is("a == b"), !Is("a != b"));
            Assert.Equal(Is("a < b"), Is("b > a"));
            Assert.Equal(Is("a <= b"), Is("a < b") || Is("a == b"));
            Assert.False(Is("a < b") && Is("a >= b"));

            bool Is(string expression) => Expression.Parse(expression).Evaluate(context).IsTruthy;
        },
        iter: 5_000);

    [Fact]
    public void Traces_give_the_same_value_as_evaluations() => Soup.Sample(
        text =>
        {
            if (Try(text) is { } value)
            {
                Assert.Equal(Given.Show(value), Given.Show(Expression.Parse(text).EvaluateTraced(Context).Value));
            }
        },
        iter: 20_000);

    private static Gen<string> Join(Gen<string[]> pieces) => pieces.Select(string.Concat);

    private static Value? Try(string text, EvaluationContext? context = null)
    {
        try
        {
            return Expression.Parse(text).Evaluate(context ?? Context);
        }
        catch (ExpressionException error)
        {
            Assert.NotEmpty(error.Message);
            return null;
        }
    }
}
