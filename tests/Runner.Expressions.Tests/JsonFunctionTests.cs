using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

public sealed class JsonFunctionTests
{
    public static TheoryData<string, string> Readable => new()
    {
        // text                              value
        { """{"a": [1, "x", {}], "b": null}""", """{"a":[1,"x",{}],"b":null}""" },
        { """{'a': 'x"y'}""",                """{"a":"x"y"}""" },
        { "{a: 1, $b_2: 2,}",                """{"a":1,"$b_2":2}""" },
        { "{1: 2}",                          """{"1":2}""" },
        { "[1, /* two */ 2, // three\n 3]",  "[1,2,3]" },
        { "[1,]",                            "[1]" },
        { "[1,,2]",                          """[1,"",2]""" },
        { "[0x10, 010, -.5, 1., 1e3]",       "[16,8,-0.5,1,1000]" },
        { "[NaN, Infinity, -Infinity]",      "[NaN,Infinity,-Infinity]" },
        { "undefined",                       "\"\"" },
        { "12345678901234567890",            "1.23456789012346E+19" },
        { """{"a": 1, "b": 2, "A": 3}""",    """{"a":3,"b":2}""" },
        { "\"2020-01-01T00:00:00Z\"",        "\"2020-01-01T00:00:00Z\"" },
        { """ "\u00e9\/\'\t" """,            "\"é/'\t\"" },
        { "1 2",                             "1" },
        { "null ]",                          "null" },
        { "\u00a0\ttrue",                    "true" },
    };

    public static TheoryData<string, string> Unreadable => new()
    {
        // text               error
        { "",                 "Error reading JToken from JsonReader. Path '', line 0, position 0." },
        { "  ",               "Error reading JToken from JsonReader. Path '', line 1, position 2." },
        { "x",                "Unexpected character encountered while parsing value: x. Path '', line 0, position 0." },
        { """{"a": x}""",     "Unexpected character encountered while parsing value: x. Path 'a', line 1, position 6." },
        { "tru",              "Unexpected end when reading JSON. Path '', line 1, position 3." },
        { "truex",            "Error parsing boolean value. Path '', line 1, position 4." },
        { "089",              "Input string '089' is not a valid number. Path '', line 1, position 3." },
        { "1_0",              "Unexpected character encountered while parsing number: _. Path '', line 1, position 1." },
        { "[",                "Error reading JArray from JsonReader. Path '', line 1, position 1." },
        { "{\"a\":{\"b\":[1,", "Unexpected end of content while loading JObject. Path 'a.b[0]', line 1, position 13." },
        { "{\"a\" 1}",        "Invalid character after parsing property name. Expected ':' but got: 1. Path '', line 1, position 5." },
        { "{,}",              "Invalid property identifier character: ,. Path '', line 1, position 1." },
        { "{a",               "Unexpected end while parsing unquoted property name. Path '', line 1, position 2." },
        { "{a-b:1}",          "Invalid JavaScript property identifier character: -. Path '', line 1, position 2." },
        { "{\"a\":1 \"b\":2}", "After parsing a value an unexpected character was encountered: \". Path 'a', line 1, position 7." },
        { "[1}",              "JsonToken EndObject is not valid for closing JsonType Array. Path '', line 1, position 3." },
        { "'a",               "Unterminated string. Expected delimiter: '. Path '', line 1, position 2." },
        { "\"\\x\"",          "Bad JSON escape sequence: \\x. Path '', line 1, position 3." },
        { "{\"a.b\":[\n1,\n y]}", "Unexpected character encountered while parsing value: y. Path '['a.b'][0]', line 3, position 1." },
        { "[/*",              "Unexpected end while parsing comment. Path '', line 1, position 1." },
    };

    [Theory, MemberData(nameof(Readable))]
    public void Json_is_read_leniently(string text, string value) => Assert.Equal(value, Given.Show(FromJson(text)));

    [Theory, MemberData(nameof(Unreadable))]
    public void Malformed_json_is_an_error_with_its_place(string text, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => FromJson(text));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Values_below_level_99_stay_text()
    {
        var value = FromJson(new string('[', 120) + "{\"a\": true}" + new string(']', 120));

        var depth = 1;
        for (; value is ArrayValue { Items: [var inner] }; value = inner)
        {
            depth++;
        }

        Assert.Equal(100, depth);
        Assert.Equal(new StringValue(new string('[', 21) + "{\"a\": true}" + new string(']', 21)), value);
    }

    [Fact]
    public void Json_is_written_as_GitHub_writes_it()
    {
        var text = Expression.Parse("toJson(x)").Evaluate(Given.Contexts("""
            { "x": { "Name": "é/\"\\\u0001\u2028<\n", "list": [1, true, null, {}, [], [0.1]], "empty": {}, "big": 1e21 } }
            """)).ToText();

        Assert.Equal(
            """
            {
              "Name": "é/\"\\\u0001\u2028<\n",
              "list": [
                1,
                true,
                null,
                {},
                [],
                [
                  0.1
                ]
              ],
              "empty": {},
              "big": 1E+21
            }
            """,
            text);
    }

    [Fact]
    public void Endless_nesting_is_an_error_when_written()
    {
        var value = Enumerable.Range(0, 100_000).Aggregate((Value)NullValue.Instance, (inner, _) => new ArrayValue([inner]));
        var context = new EvaluationContext { Contexts = new Dictionary<string, Value> { ["x"] = value }, MaxBytes = long.MaxValue };

        Assert.Throws<ExpressionException>(() => Expression.Parse("toJson(x)").Evaluate(context));
    }

    private static Value FromJson(string text) => Expression.Parse("fromJson(x)").Evaluate(
        new() { Contexts = new Dictionary<string, Value> { ["x"] = new StringValue(text) } });
}
