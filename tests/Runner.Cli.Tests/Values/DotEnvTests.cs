using Runner.Cli.Values;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Tests.Values;

public sealed class DotEnvTests
{
    public static TheoryData<string, string> Lines => new()
    {
        // file                             value of A
        { "A=1",                            "1" },
        { "A = 1 ",                         "1" },
        { "A: 1",                           "1" },
        { "export A=1",                     "1" },
        { "A=",                             "" },
        { "A=\nB=2",                        "" },
        { "A=one two # why",                "one two" },
        { "A=one#two",                      "one#two" },
        { "A='one $B # two'",               "one $B # two" },
        { "A=\"one\\ntwo\" # why",          "one\ntwo" },
        { "A=\"one\ntwo\"",                 "one\ntwo" },
        { "A=\"a \\\"b\\\"\"",              "a \"b\"" },
        { "B=x\nA=$B-${B}!",                "x-x!" },
        { "A=\\$B",                         "$B" },
        { "A=1 $ 2",                        "1 $ 2" },
        { "# first\r\n\r\nA=1\r\n",         "1" },
        { "A=1\nA=2",                       "2" },
        { "A=a=b",                          "a=b" },
    };

    [Theory, MemberData(nameof(Lines))]
    public void Line_gives_a_value(string file, string expected) => Assert.Equal(expected, DotEnv.Read(".env", file)["A"]);

    public static TheoryData<string, string> Mistakes => new()
    {
        { "A=1\nthis is none\n",   ".env:2: expected NAME=value, found 'this is none'" },
        { "=1",                    ".env:1: expected NAME=value, found ''" },
        { "A=1\nB='open\n",        ".env:2: this ' is never closed" },
        { "A=\"open\\",            ".env:1: this \" is never closed" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistake_is_told_with_its_line(string file, string expected) =>
        Assert.Equal(expected, Assert.Throws<UsageException>(() => DotEnv.Read(".env", file)).Message);
}
