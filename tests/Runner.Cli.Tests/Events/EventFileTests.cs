using Runner.Cli.CommandLine;
using Runner.Cli.Events;

namespace Runner.Cli.Tests.Events;

public sealed class EventFileTests
{
    public static TheoryData<string, string> Broken => new()
    {
        { "[1]",                                                        "is no event, expected a JSON object" },
        { "",                                                           "event.json: this file is empty, expected JSON" },
        { " \n",                                                        "event.json: this file is empty, expected JSON" },
        { "{",                                                          ":1:2: this is not JSON: it ends too early" },
        { "{\"a\":\n  [1,,2]}",                                         ":2:6: this is not JSON: ',' is not expected here" },
        { "{\"é\": nope}",                                              ":1:7: this is not JSON: 'nope' is not expected here" },
        { "\u0001",                                                     ":1:1: this is not JSON: 'U+0001' is not expected here" },
        { Nested(101),                                                  "is nested deeper than 100 levels" },
        { Nested(2000),                                                 "this is not JSON" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_is_wrong_with_an_event_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Broken))]
    public void Text_is_in_our_own_words(string text, string expected)
    {
        Assert.NotEmpty(expected);
        Assert.DoesNotContain("LineNumber", Assert.Throws<UsageException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Event_as_deep_as_data_may_be_is_read() => Assert.True(Read(Nested(100)).ContainsKey("a"));

    private static System.Text.Json.Nodes.JsonObject Read(string text)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "event.json");
        File.WriteAllText(file, text);
        return EventFile.Read(file);
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);
}
