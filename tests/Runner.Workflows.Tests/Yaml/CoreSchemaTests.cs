using Runner.Jobs.Tokens;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Tests.Yaml;

public sealed class CoreSchemaTests
{
    public static TheoryData<string, TemplateToken> Scalars => new()
    {
        // as written              what it is
        { "",                      new NullToken() },
        { "~",                     new NullToken() },
        { "null",                  new NullToken() },
        { "Null",                  new NullToken() },
        { "NULL",                  new NullToken() },
        { "nULL",                  new StringToken("nULL") },
        { "true",                  new BooleanToken(true) },
        { "True",                  new BooleanToken(true) },
        { "TRUE",                  new BooleanToken(true) },
        { "false",                 new BooleanToken(false) },
        { "tRUE",                  new StringToken("tRUE") },
        { "yes",                   new StringToken("yes") },
        { "on",                    new StringToken("on") },
        { "0",                     new NumberToken(0) },
        { "-1",                    new NumberToken(-1) },
        { "+12",                   new NumberToken(12) },
        { "0123",                  new NumberToken(123) },
        { "0x10",                  new NumberToken(16) },
        { "0xffffffff",            new NumberToken(-1) },
        { "0X10",                  new StringToken("0X10") },
        { "-0x10",                 new StringToken("-0x10") },
        { "0o17",                  new NumberToken(15) },
        { "0o8",                   new StringToken("0o8") },
        { "1_000",                 new StringToken("1_000") },
        { "1.5",                   new NumberToken(1.5) },
        { ".5",                    new NumberToken(0.5) },
        { "5.",                    new NumberToken(5) },
        { "1e3",                   new NumberToken(1000) },
        { "-1.5E-1",               new NumberToken(-0.15) },
        { "1e",                    new StringToken("1e") },
        { ".",                     new StringToken(".") },
        { ".inf",                  new NumberToken(double.PositiveInfinity) },
        { "+.INF",                 new NumberToken(double.PositiveInfinity) },
        { "-.Inf",                 new NumberToken(double.NegativeInfinity) },
        { "inf",                   new StringToken("inf") },
        { ".nan",                  new NumberToken(double.NaN) },
        { "NaN",                   new StringToken("NaN") },
        { "1.2.3",                 new StringToken("1.2.3") },
        { "2001-12-15",            new StringToken("2001-12-15") },
        { "!!str 1",               new StringToken("1") },
        { "!!str",                 new StringToken("") },
        { "!!null",                new NullToken() },
        { "!!bool true",           new BooleanToken(true) },
        { "!!int 7",               new NumberToken(7) },
        { "!!float 7",             new NumberToken(7) },
        { "!<tag:yaml.org,2002:str> null", new StringToken("null") },
        { "! 1",                   new StringToken("1") },
        { "'1'",                   new StringToken("1") },
        { "\"true\"",              new StringToken("true") },
        { "|-\n    1",             new StringToken("1") },
        { ">-\n    1\n    2",      new StringToken("1 2") },
        { "one\n    two",          new StringToken("one two") },
    };

    [Theory, MemberData(nameof(Scalars))]
    public void Scalar_is_typed_by_the_core_schema(string written, TemplateToken expected)
    {
        var document = YamlReader.Read("w.yml", $"key: {written}\n", 1, YamlLimits.Workflow);

        Assert.Empty(document.Diagnostics);
        var value = Assert.IsType<MappingToken>(document.Root).Entries[0].Value;
        Assert.Equal(expected, value with { Position = null });
    }

    public static TheoryData<string, string> Invalid => new()
    {
        { "!!int one",     "w.yml: The value 'one' on line 1 and column 6 is invalid for the type 'tag:yaml.org,2002:int'" },
        { "!!int \"300\"", "w.yml: The scalar style 'DoubleQuoted' on line 1 and column 6 is not valid with the tag 'tag:yaml.org,2002:int'" },
        { "!!bool maybe",  "w.yml: The value 'maybe' on line 1 and column 6 is invalid for the type 'tag:yaml.org,2002:bool'" },
        { "0x1ffffffff",   "w.yml: The value '0x1ffffffff' on line 1 and column 6 is invalid for the type 'tag:yaml.org,2002:int'" },
        { "!mine x",       "w.yml: Unexpected tag '!mine'" },
        { "!!binary eA==", "w.yml: Unexpected tag 'tag:yaml.org,2002:binary'" },
        { "!!set {a}",     "w.yml: Unexpected tag 'tag:yaml.org,2002:set'" },
    };

    [Theory, MemberData(nameof(Invalid))]
    public void Scalar_that_its_tag_does_not_allow_is_reported_with_its_place(string written, string expected)
    {
        var document = YamlReader.Read("w.yml", $"key: {written}\n", 1, YamlLimits.Workflow);

        Assert.Equal([expected], document.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.All(document.Diagnostics, diagnostic => Assert.Equal((1, 6), (diagnostic.Line, diagnostic.Column)));
        Assert.NotNull(document.Root);
    }
}
