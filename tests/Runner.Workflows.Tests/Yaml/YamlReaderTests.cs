using System.Globalization;
using System.Text;
using Runner.Jobs.Tokens;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Tests.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Every_token_knows_its_file_line_and_column()
    {
        var document = Read("""
            # a comment
            on: push
            jobs:
              build:
                steps:
                  - run: |
                      echo
                  - [a, 'b']
            empty:
            """);

        var root = Mapping(document.Root);
        Assert.Equal(new SourcePosition(1, 2, 1), root.Position);
        Assert.Equal(new SourcePosition(1, 2, 5), root.Find("on")?.Position);
        var build = Mapping(Mapping(root.Find("jobs")).Find("build"));
        Assert.Equal(new SourcePosition(1, 5, 5), build.Position);
        var steps = Assert.IsType<SequenceToken>(build.Find("steps"));
        Assert.Equal(new SourcePosition(1, 6, 7), steps.Position);
        Assert.Equal(new SourcePosition(1, 6, 9), steps.Items[0].Position);
        Assert.Equal(new SourcePosition(1, 6, 14), Mapping(steps.Items[0]).Find("run")?.Position);
        Assert.Equal(new SourcePosition(1, 8, 9), steps.Items[1].Position);
        Assert.Equal(new SourcePosition(1, 8, 13), Assert.IsType<SequenceToken>(steps.Items[1]).Items[1].Position);
        Assert.Equal(9, root.Find("empty")?.Position?.Line);
    }

    [Fact]
    public void Empty_file_is_the_null_document()
    {
        var document = Read("# nothing\n");

        Assert.Empty(document.Diagnostics);
        Assert.Equal(new NullToken { Position = new SourcePosition(1, 1, 1) }, document.Root);
    }

    [Fact]
    public void Alias_gives_the_anchored_node_and_the_merge_key_is_an_ordinary_key()
    {
        var document = Read("""
            a: &steps
              - run: x
            b: *steps
            c:
              <<: *steps
            """);

        var root = Mapping(document.Root);
        Assert.Empty(document.Diagnostics);
        Assert.Same(root.Find("a"), root.Find("b"));
        Assert.Same(root.Find("a"), Mapping(root.Find("c")).Find("<<"));
    }

    [Fact]
    public void All_keys_that_stand_twice_are_reported_whatever_their_case()
    {
        var document = Read("""
            build: 1
            BUILD: 2
            list:
              - {a: 1, b: 2, a: 3}
            ${{ x }}: 1
            ${{ x }}: 2
            """);

        Assert.Equal(
            ["w.yml (Line: 2, Col: 1): 'BUILD' is already defined", "w.yml (Line: 4, Col: 18): 'a' is already defined"],
            document.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.Equal(4, Mapping(document.Root).Entries.Length);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "a: *b",                 "w.yml (Line: 1, Col: 4): The alias '*b' refers to no anchor; '&b' must stand before it" },
        { "a: &b\n  c: *b",        "w.yml (Line: 2, Col: 6): The alias '*b' stands inside the node that it refers to" },
        { "a: 1\n---\nb: 2",       "w.yml (Line: 2, Col: 1): The file must hold one YAML document; a second one begins here" },
        { "? {a: 1}\n: 2",         "w.yml (Line: 1, Col: 3): A mapping was not expected" },
        { "? [a]\n: 2",            "w.yml (Line: 1, Col: 3): A sequence was not expected" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_is_wrong_is_said_with_its_place(string text, string expected) =>
        Assert.Equal([expected], Read(text).Diagnostics.Select(diagnostic => diagnostic.ToString()));

    [Fact]
    public void Text_that_is_no_yaml_gives_one_diagnostic_at_the_place_where_it_breaks()
    {
        var document = Read("jobs:\n  build: [a\n  b: }\n");

        Assert.Null(document.Root);
        var diagnostic = Assert.Single(document.Diagnostics);
        Assert.InRange(diagnostic.Line, 2, 3);
        Assert.NotEmpty(diagnostic.Message);
    }

    [Fact(Timeout = 10_000)]
    public Task Alias_bomb_is_refused_at_once() => Task.Run(() =>
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 40; i++)
        {
            bomb.AppendLine(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        }

        var document = Read(bomb.ToString());

        Assert.Equal("Aliases expand to more than 100000 nodes", Assert.Single(document.Diagnostics).Message);
        Assert.Null(document.Root);
    }, TestContext.Current.CancellationToken);

    [Fact]
    public void Nesting_beyond_the_limit_is_refused()
    {
        var atLimit = Read(new string('[', 50) + new string(']', 50));
        var beyond = Read(new string('[', 51) + new string(']', 51));
        var byAlias = Read($"- &deep {new string('[', 49)}{new string(']', 49)}\n- [*deep]\n");

        Assert.Empty(atLimit.Diagnostics);
        Assert.Equal("w.yml:1:51 Maximum object depth exceeded", Told(beyond));
        Assert.Equal("w.yml:2:4 Maximum object depth exceeded", Told(byAlias));
    }

    // GitHub tells a limit for the file; its author is told the place too.
    private static string Told(YamlDocument document)
    {
        var diagnostic = Assert.Single(document.Diagnostics);
        Assert.Equal($"w.yml: {diagnostic.Message}", diagnostic.GitHubText);
        return $"w.yml:{diagnostic.Line}:{diagnostic.Column} {diagnostic.Message}";
    }

    [Fact]
    public void File_beyond_the_limit_is_not_read()
    {
        var document = YamlReader.Read("w.yml", "on: push", 1, new YamlLimits { MaxCharacters = 7 });

        Assert.Null(document.Root);
        Assert.Equal("w.yml: The maximum file size of 7 characters has been exceeded", Assert.Single(document.Diagnostics).ToString());
    }

    [Fact(Timeout = 60_000)]
    public Task No_input_makes_the_reader_throw_or_hang() => Task.Run(() =>
    {
        var random = new Random(20);
        const string Letters = "ab:-?*&!|>%@`{}[],#'\"\\ \t\n\r0x.~<\u0085\u2028\uFEFF\uD83D\uDE00\0\u0007";
        const string Seed = "on: &a [push, *a]\njobs:\n  build: {runs-on: 'x', steps: !!seq [{run: |\n  x}, \"y\"]}\n  ? a\n  : >-\n    text\n";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder(round % 2 == 0 ? Seed : string.Empty);
            for (var edit = random.Next(1, 30); edit > 0; edit--)
            {
                var at = random.Next(text.Length + 1);
                if (random.Next(3) == 0 && at < text.Length)
                {
                    text.Remove(at, 1);
                }
                else
                {
                    text.Insert(at, Letters[random.Next(Letters.Length)]);
                }
            }

            var document = Read(text.ToString());

            Assert.True(document.Root is not null || !document.Diagnostics.IsEmpty, text.ToString());
        }
    }, TestContext.Current.CancellationToken);

    private static YamlDocument Read(string text) => YamlReader.Read("w.yml", text, 1, YamlLimits.Workflow);

    private static MappingToken Mapping(TemplateToken? token) => Assert.IsType<MappingToken>(token);
}
