using System.Globalization;

namespace Runner.Expressions.Tests.Differential;

/// <summary>Writes expressions at random, the same ones for a seed: most are well formed, some are broken in one place.</summary>
internal sealed class ExpressionWriter(int seed)
{
    /// <summary>The contexts that the expressions name, as JSON.</summary>
    public const string Contexts = """
        {"github":{"ref":"refs/heads/main","event":{"commits":[{"id":"a1","tags":["x","y"]},{"id":"b2"},[7,8],null]}},
         "env":{"EMPTY":"","NUMBER":"42","TEXT":"Abc"},"list":["zero",1,null,true,[2,3],{"a":1}]}
        """;

    // No numbers of more than 15 digits: C# and JavaScript write them differently, and GitHub's vectors have the right texts.
    private static readonly string[] Leaves =
    [
        "null", "true", "false", "0", "1", "-1", "1.5", ".5", "0x1F", "0o17", "1e3", "NaN", "Infinity", "-Infinity", "''", "'a'", "'A'", "'abc'", "'1'",
        "' 2 '", "'0x10'", "'true'", "'it''s'", "'[1,2,{\"a\":[]}]'", "'{\"k\":\"v\",\"n\":null}'", "'{0}-{1}'", "'{{{0}}}'", "github.ref", "github['REF']",
        "github.event.commits", "github.event.commits.*.id", "github.event.commits[*].tags", "github.event.commits.*.tags.*", "github.event.commits[0].id",
        "env", "env.EMPTY", "env.NUMBER", "env.missing.deeper", "list", "list[0]", "list[1.9]", "list[-1]", "list['1']", "list.*", "list[5]", "list[*][0]",
        "github.*", "env.*", "'{{0}} {1} {0}'", "'{0'", "'{0:x}'", "'1e400'", "' Infinity '", "'äÖ'", "'ÄÖ'",
    ];

    private static readonly string[] Operators = ["==", "!=", "<", "<=", ">", ">=", "&&", "||"];

    private static readonly (string Name, int Least, int Most)[] Functions =
    [
        ("contains", 2, 2), ("startsWith", 2, 2), ("ENDSWITH", 2, 2), ("format", 1, 3), ("join", 1, 2), ("toJson", 1, 1), ("fromJSON", 1, 1), ("case", 3, 5),
    ];

    private static readonly string[] Damage = ["(", ")", "'", "=", "&", "[", ",", ".", "$", "!", "1.2.3", "nope", "nope()", "contains()", "a b"];

    private readonly Random _random = new(seed);

    /// <summary>One more expression.</summary>
    public string Next()
    {
        var text = Write(_random.Next(1, 5));
        return _random.Next(8) == 0 ? text.Insert(_random.Next(text.Length + 1), Pick(Damage)) : text;
    }

    private string Write(int depth) => depth == 0 ? Pick(Leaves) : _random.Next(7) switch
    {
        0 => Pick(Leaves),
        1 or 2 => $"{Write(depth - 1)} {Pick(Operators)} {Write(depth - 1)}",
        3 => $"({Write(depth - 1)})",
        4 => $"!{Write(depth - 1)}",
        5 => $"({Write(depth - 1)}){(_random.Next(2) == 0 ? ".a" : $"[{Write(depth - 1)}]")}",
        _ => Call(depth),
    };

    private string Call(int depth)
    {
        var (name, least, most) = Functions[_random.Next(Functions.Length)];
        var count = _random.Next(20) == 0 ? most + 1 : _random.Next(least, most + 1);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}({string.Join(", ", Enumerable.Range(0, count).Select(_ => Write(depth - 1)))})");
    }

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
