using System.Text;
using Runner.Execution.Commands;

namespace Runner.Execution.Tests.Commands;

public sealed class CommandParserTests
{
    public static TheoryData<string, string> Commands => new()
    {
        // line                                             name|properties|data
        { "::error::text",                                  "error||text" },
        { "  \t::error::text",                              "error||text" },
        { "\u00A0::error::text",                            "error||text" },
        { "::ERROR::text",                                  "ERROR||text" },
        { "::error::",                                      "error||" },
        { "::error ::text",                                 "error||text" },
        { "::error file=a.c,line=3::text",                  "error|file=a.c,line=3|text" },
        { "::error file=a.c, line=3 ,empty=,=x,y::t",       "error|file=a.c,line=3,empty=|t" },
        { "::error title=a=b::t",                           "error|title=a=b|t" },
        { "::error::a::b",                                  "error||a::b" },
        { "::error::%0D%0A%25 %3A%2C",                      "error||\r\n% %3A%2C" },
        { "::error::%250A",                                 "error||%0A" },
        { "::error title=%3A%2C%250A%0A::t",                "error|title=:,%0A\n|t" },
        { "##[error]text",                                  "error||text" },
        { "text before ##[error]text",                      "error||text" },
        { "##[error file=a;line=3]text %3B%5D%25",          "error|file=a,line=3|text ;]%" },
        { "::unknown::x ##[error]y",                        "error||y" },
    };

    [Theory, MemberData(nameof(Commands))]
    public void Command_is_read(string line, string expected)
    {
        Assert.True(CommandParser.MayHoldCommand(Encoding.UTF8.GetBytes(line)));
        Assert.True(CommandParser.TryParse(line, IsKnown, out var command));
        Assert.Equal(expected, $"{command.Name}|{string.Join(',', command.Properties.Select(property => $"{property.Key}={property.Value}"))}|{command.Data}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("plain text")]
    [InlineData("text ::error::x")]
    [InlineData("::error:x")]
    [InlineData("::unknown::x")]
    [InlineData("::error")]
    [InlineData("##[error")]
    [InlineData("##[unknown]x")]
    [InlineData("# #[error]x")]
    [InlineData(": :error::x")]
    public void Other_lines_hold_no_command(string line) => Assert.False(CommandParser.TryParse(line, IsKnown, out _));

    [Theory]
    [InlineData("std::vector<int> x::y")]
    [InlineData("  at Foo::bar()")]
    [InlineData("[INFO] building")]
    public void Usual_lines_are_passed_by_their_bytes(string line) => Assert.False(CommandParser.MayHoldCommand(Encoding.UTF8.GetBytes(line)));

    private static bool IsKnown(string name) => name.Equals("error", StringComparison.OrdinalIgnoreCase);
}
