using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Tests.Model.Triggers;

public sealed class FilterPatternTests
{
    public static TheoryData<string, string[], string[]> Patterns => new()
    {
        // pattern                 matches                                                       does not match
        { "main",                  ["main"],                                                     ["Main", "main2", "a/main"] },
        { "*",                     ["main", "v1.0"],                                             ["feature/x"] },
        { "**",                    ["main", "feature/x/y"],                                      [] },
        { "feature/*",             ["feature/a", "feature/"],                                    ["feature/a/b", "feature"] },
        { "feature/**",            ["feature/a", "feature/a/b"],                                 ["feature"] },
        { "*feature",              ["mona-feature", "feature"],                                  ["feature-2", "a/feature"] },
        { "v2*",                   ["v2", "v2.0"],                                               ["v1", "x/v2"] },
        { "v[12].[0-9]+.[0-9]+",   ["v1.10.1", "v2.0.0"],                                        ["v3.1.1", "v1.x.1", "v1.10"] },
        { "*.jsx?",                ["page.js", "page.jsx"],                                      ["page.ts", "a/page.js", "page.jsxx"] },
        { "**.js",                 ["index.js", "js/index.js", "src/js/app.js"],                 ["index.jsx"] },
        { "docs/*",                ["docs/README.md"],                                           ["docs/a/b.md"] },
        { "docs/**/*.md",          ["docs/README.md", "docs/mona/hello.md", "docs/a/b/c.md"],    ["README.md", "docs/a.txt"] },
        { "**/docs/**",            ["docs/hello.md", "dir/docs/a.txt", "x/y/docs/z/a"],          ["mydocs/a", "docs"] },
        { "**/README.md",          ["README.md", "js/README.md"],                                ["js/MYREADME.md"] },
        { "**/*src/**",            ["a/src/app.js", "my-src/code/js/app.js", "src/x"],           ["src", "srcs/x"] },
        { "**/migrate-*.sql",      ["migrate-10909.sql", "db/migrate-v1.0.sql"],                 ["db/migrate.sql"] },
        { "a**b",                  ["ab", "a/x/b", "axxb"],                                      ["a/x/c"] },
        { "a\\*b",                 ["a*b"],                                                      ["axb"] },
        { "x.y",                   ["x.y"],                                                      ["xzy"] },
        { "[a-c^]+$",              ["ab^$"],                                                     ["d$", "ab"] },
        { "[a-c-]x[-.]",           ["ax-", "-x."],                                               ["dx-", "ax_"] },
        { "a?b+c?",                ["b", "abb", "abbbc"],                                        ["a", "ac", "abcc"] },
        { "[0-9]?[0-9]?x",         ["x", "1x", "12x"],                                           ["123x", "ax"] },
        { "**/**/x",               ["x", "a/x", "a/b/c/x"],                                      ["ax", "a/bx"] },
        { "a/**/b/**/c",           ["a/b/c", "a/x/b/y/z/c"],                                     ["a/c", "ab/c"] },
        { "***",                   ["a/b"],                                                      [] },
    };

    [Theory, MemberData(nameof(Patterns))]
    public void Pattern_matches_whole_texts(string pattern, string[] matching, string[] others)
    {
        Assert.True(FilterPattern.TryParse(pattern, out var parsed, out _));

        Assert.All(matching, text => Assert.True(parsed.Matches(text), text));
        Assert.All(others, text => Assert.False(parsed.Matches(text), text));
    }

    [Theory]
    [InlineData("",       "it is empty")]
    [InlineData("!",      "it is empty")]
    [InlineData("+a",     "'+' at position 1 has no letter before it to repeat")]
    [InlineData("a*?",    "'?' at position 3 has no letter before it to repeat")]
    [InlineData("a[bc",   "'[' at position 2 is not closed")]
    [InlineData("a[]",    "'[]' at position 2 is empty")]
    [InlineData("[z-a]",  "the range 'z-a' is the wrong way round")]
    public void What_is_wrong_with_a_pattern_is_said(string pattern, string expected)
    {
        Assert.False(FilterPattern.TryParse(pattern, out _, out var problem));

        Assert.Equal(expected, problem);
    }

    [Fact(Timeout = 60_000)]
    public Task Many_patterns_take_little_time_and_memory() => Task.Run(
        () =>
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var patterns = Enumerable.Range(0, 20_000).Select(number =>
            {
                Assert.True(FilterPattern.TryParse($"*a*b*{number}", out var pattern, out _));
                return pattern;
            }).ToList();
            var held = GC.GetTotalMemory(forceFullCollection: true) - before;

            Assert.Equal(["9", "99", "999", "9999", "19999"], patterns.Index().Where(entry => entry.Item.Matches("xaxb-19999")).Select(entry => $"{entry.Index}"));
            Assert.InRange(held, 0, 32 * 1024 * 1024);
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public void Hostile_pattern_takes_no_time()
    {
        Assert.True(FilterPattern.TryParse(string.Concat(Enumerable.Repeat("*a", 400)) + "b", out var pattern, out _));

        // With an engine that goes back over the text this would not end.
        Assert.False(pattern.Matches(new string('a', 5000)));
    }
}
