using Runner.Workflows.Model.Template;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Tests.Yaml;

/// <summary>YAML at its edges: what GitHub's reader takes and stricter ones refuse, and where the problem of a broken text is told.</summary>
public sealed class YamlScannerTests
{
    public static TheoryData<string, string> Loose => new()
    {
        // as authors write it                                     what it stands for
        { "a: [x]# why",                                           "a: [x]" },
        { "a: {b: 1}#why\nc: 2",                                   "{a: {b: 1}, c: 2}" },
        { "a: \"x\"#why",                                          "a: x" },
        { "- [one]#, two\n- three",                                "[[one], three]" },
        { "a:\n  - [one,\n  two]",                                 "a: [[one, two]]" },
        { "a: [\nx,\ny\n]",                                        "a: [x, y]" },
        { "a: {\nb: 1,\nc: 2\n}",                                  "a: {b: 1, c: 2}" },
        { "a:\n  b: [\n x, [y,\nz]]\n  c: 1",                      "a: {b: [x, [y, z]], c: 1}" },
        { "a: \"one\ntwo\"\nb: 'three\nfour'",                     "{a: one two, b: three four}" },
        { "a:\n  b: \"one\n\n two\\\n  three\"",                   "a: {b: \"one\\ntwothree\"}" },
        { "a: [\"x\ny\"]",                                         "a: [x y]" },
        { "a: |2\n     x\n   y\n",                                 "a: \"   x\\n y\\n\"" },
        { "- |2\n     x\n   y\n",                                  "[\"   x\\n y\\n\"]" },
        { "a: |\n  \n\n  x\n",                                     "a: \"\\n\\nx\\n\"" },
        { "a: |\n      \nb: 1",                                    "{a: \"\", b: 1}" },
        { "a: |\n  x\n \t \n  y\n",                                "a: \"x\\n\\ny\\n\"" },
        { "a: >\n  x\n  y\n\n    z\n  w\n",                        "a: \"x y\\n\\n  z\\nw\\n\"" },
        { "a: |-  # why\n  x\n",                                   "a: x" },
        { "a: |+\n  x\n\nb: 1",                                    "{a: \"x\\n\\n\", b: 1}" },
        { "a: |1-\n  x",                                           "a: \" x\"" },
        { "a: |\n x: y\n # z\n",                                   "a: \"x: y\\n# z\\n\"" },
        { "a: |",                                                  "a: \"\"" },
        { "a: x\n  y # why\nb: 1",                                 "{a: x y, b: 1}" },
        { "a: x#y",                                                "a: \"x#y\"" },
        { "a: x\n\t\nb: 1\n\t# why\n",                             "{a: x, b: 1}" },
        { "a:\tx\t# why",                                          "a: x" },
        { "-\tx\n-\ty",                                            "[x, y]" },
        { "a: [http://x:80, b?c, -d]",                             "a: [\"http://x:80\", \"b?c\", \"-d\"]" },
        { "a: {\"b\":c, 'd':[e]}",                                 "a: {b: c, d: [e]}" },
        { "a: [b: c, d]",                                          "a: [{b: c}, d]" },
        { "a: {b, c: }",                                           "a: {b: , c: }" },
        { "a:\n- x\n- y\nb: z",                                    "{a: [x, y], b: z}" },
        { "- - x\n  - y\n-\n  - z",                                "[[x, y], [z]]" },
        { "- a: 1\n  b: 2\n-   c: 3",                              "[{a: 1, b: 2}, {c: 3}]" },
        { "? a\n: b",                                              "a: b" },
        { "? a\n? b",                                              "{a: , b: }" },
        { ": x",                                                   "~: x" },
        { "a: 1\n: x\n? b\nc: 2\n",                               "{a: 1, ~: x, b: , c: 2}" },
        { "a: 'it''s'\nb: \"\\x41\\u0042\\U00000043\\/\\t\"",      "{a: \"it's\", b: \"ABC/\\t\"}" },
        { "a: \"\\ud83d\\ude00\"",                                 "a: 😀" },
        { "a: &x.y [1]\nb: *x.y",                                  "{a: [1], b: [1]}" },
        { "a: !!str 1\nb: [!!str 2, !!int 3]",                     "{a: \"1\", b: [\"2\", 3]}" },
        { "%YAML 1.1\n---\na: 1\n...\n",                           "a: 1" },
        { "--- # why\na: 1",                                       "a: 1" },
        { "--- {a: 1}",                                            "a: 1" },
        { "# why\n\n  # too\na: 1",                                "a: 1" },
        { "\ufeffa: 1",                                            "a: 1" },
        { "a: 1\r\nb: |\r\n  x\r\n  y\r\n",                        "{a: 1, b: \"x\\ny\\n\"}" },
        { "a: ${{ b }}\nc: echo ${{ d }} # why",                   "{a: \"${{ b }}\", c: \"echo ${{ d }}\"}" },
    };

    [Theory, MemberData(nameof(Loose))]
    public void What_GitHubs_reader_takes_is_read(string text, string same) => Assert.Equal(Json(same), Json(text));

    public static TheoryData<string, string> Broken => new()
    {
        { "a: 1\n\tb: 2",                "2:1 A tab indents this line: YAML wants spaces" },
        { "a:\n\tb: 2",                  "2:1 A tab indents this line: YAML wants spaces" },
        { "a:\n  b: 1\n \tc: 2",         "3:2 A tab indents this line: YAML wants spaces" },
        { "a:\n  - x\n\t- y",            "3:1 A tab indents this line: YAML wants spaces" },
        { "a: |\n  x\n\ty\n",            "3:1 A tab indents this line: YAML wants spaces" },
        { "a: |\n\tx\n",                 "2:1 A tab indents this line: YAML wants spaces" },
        { "a: x\n\ty: z",                "2:1 A tab indents this line: YAML wants spaces" },
        { "a: |\n     \n  x\n",          "3:3 An empty line before this one is indented deeper than the block: shorten it, or say how deep the block is, as in |2" },
        { "a: |x\n  y",                  "1:5 Nothing may follow on the line that begins a block, but +, -, a digit and a comment" },
        { "a: |0\n  y",                  "1:5 The indentation of a block must be a digit from 1 to 9" },
        { "a: 1\nb: \"x\nc: 2\n",        "2:4 The quoted text has no closing \"" },
        { "a: 'x\n---\n",                "2:1 A document marker stands inside the quoted text that begins on line 1: is its closing ' missing?" },
        { "a: \"\\q\"",                  "1:5 '\\q' is no escape of a text in double quotes; a backslash itself is \\\\" },
        { "a: \"x\\u00g0\"",             "1:6 The escape '\\u' wants 4 hexadecimal digits" },
        { "a: \"\\ud83d\"",              "1:5 The escape is no letter of Unicode" },
        { "a: [x,\n  {y: 1}\n",           "1:4 '[' is not closed" },
        { "a: {x: [1}",                  "1:10 '}' cannot close the '[' of line 1" },
        { "a: ]",                        "1:4 No bracket is open that ']' could close; a text that begins with it needs quotes" },
        { "a: @x",                       "1:4 A text that begins with '@' needs quotes" },
        { "a: `x`",                      "1:4 A text that begins with '`' needs quotes" },
        { "a: %x",                       "1:4 A text that begins with '%' needs quotes" },
        { "a: *",                        "1:4 An alias wants a name behind its '*'; a text that begins with '*' needs quotes" },
        { "a: & b",                      "1:4 An anchor wants a name behind its '&'; a text that begins with '&' needs quotes" },
        { "a: b: c",                     "1:5 A mapping cannot begin here: put it on a line of its own, or a text that holds ': ' into quotes" },
        { "a: - b",                      "1:4 A list cannot begin here: put it on a line of its own" },
        { "a: [- b]",                    "1:5 '- ' begins an entry of a block list, which cannot stand inside brackets; a text that begins with '-' needs quotes" },
        { "a: 1\nb\nc: 2",               "2:1 A key is expected here, with ':' behind it on the same line" },
        { "a: 1\n%b: 2",                 "2:1 A line that begins with '%' is a directive, which may stand only before a document; a text that begins with '%' needs quotes" },
        { "%FOO\n---\na: 1",             "1:1 '%FOO' is no directive of YAML; a text that begins with '%' needs quotes" },
        { "a: 1\nb: x\0y",               "2:5 The control character U+0000 is not allowed" },
        { "a: 1\nb: \u0001",             "2:4 The control character U+0001 is not allowed" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_is_broken_is_told_at_its_own_place(string text, string expected)
    {
        var diagnostic = Assert.Single(YamlReader.Read("w.yml", text, 1, YamlLimits.Workflow).Diagnostics);

        Assert.Equal(expected, $"{diagnostic.Line}:{diagnostic.Column} {diagnostic.Message}");
    }

    [Theory]
    [InlineData("a: 1\nb: 2\n c: 3\n", 3)]
    [InlineData("a: 1\nb:\n- x\n y: 2\n", 4)]
    [InlineData("a:\n  b: 1\n c: 2\n", 3)]
    [InlineData("a: 1\nb: [x y: z, {]\n", 2)]
    [InlineData("a: 1\nb: 'x' y\n", 2)]
    [InlineData("a: 1\nb: [x] y\n", 2)]
    [InlineData("a: 1\nb: {c: d e: f}\n", 2)]
    [InlineData("a: 1\n- b\n", 2)]
    [InlineData("a: 1\nb: &x &y z\n", 2)]
    [InlineData("a: 1\nb: !e!x z\n", 2)]
    [InlineData("a: 1\n...\nb: 2\n", 3)]
    public void Whoever_refuses_it_names_the_line(string text, int line)
    {
        var document = YamlReader.Read("w.yml", text, 1, YamlLimits.Workflow);

        Assert.Equal(line, document.Diagnostics[0].Line);
    }

    private static string? Json(string text)
    {
        var document = YamlReader.Read("w.yml", text, 1, YamlLimits.Workflow);
        Assert.Empty(document.Diagnostics);
        return new TokenJson(includeSource: false).Of(document.Root)?.ToJsonString();
    }
}
