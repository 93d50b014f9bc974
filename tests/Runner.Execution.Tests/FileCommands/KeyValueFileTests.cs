using Runner.Execution.FileCommands;

namespace Runner.Execution.Tests.FileCommands;

public sealed class KeyValueFileTests
{
    public static TheoryData<string, string[]> Pairs => new()
    {
        // file                                     name=value
        { "",                                       [] },
        { "\n\n",                                   [] },
        { "A=1",                                    ["A=1"] },
        { "A=1\nB=2\n",                             ["A=1", "B=2"] },
        { "A=\n",                                   ["A="] },
        { "=x\n",                                   ["=x"] },
        { "A=b=c<<d\n",                             ["A=b=c<<d"] },
        { "A = 1 \n",                               ["A = 1 "] },
        { "A=1\r\n",                                ["A=1\r"] },
        { "A<<EOF\none\ntwo\nEOF\n",                ["A=one\ntwo"] },
        { "A<<EOF\nEOF\n",                          ["A="] },
        { "A<<EOF\n\nEOF\n",                        ["A="] },
        { "A<<EOF\n\n\nEOF\n",                      ["A=\n"] },
        { "A<<EOF\none\nEOF",                       ["A=one"] },
        { "A<<EOF\n EOF\nEOF \neof\nEOF\n",         ["A= EOF\nEOF \neof"] },
        { "A<<=\nx\n=\n",                           ["A=x"] },
        { "A<<E\nB=1\nE\nC=2",                      ["A=B=1", "C=2"] },
        { "A<<E\none\r\ntwo\r\nE\n",                ["A=one\r\ntwo\r"] },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void Pairs_are_read(string file, string[] pairs) =>
        Assert.Equal(pairs, KeyValueFile.Read(file).Select(pair => $"{pair.Key}={pair.Value}"));

    [Theory]
    [InlineData("word", "Invalid format 'word'. Expected: NAME=value, or NAME<<DELIMITER with the value in the lines up to DELIMITER")]
    [InlineData("<<EOF\nEOF\n", "Invalid format '<<EOF'. Name and delimiter must not be empty")]
    [InlineData("A<<\nEOF\n", "Invalid format 'A<<'. Name and delimiter must not be empty")]
    [InlineData("A<<EOF\none\n", "Invalid value. Matching delimiter not found 'EOF'")]
    [InlineData("A<<EOF", "Invalid value. Matching delimiter not found 'EOF'")]
    [InlineData("A<<EOF\noneEOF", "Invalid value. EOF value must be a line of its own: the last line of the value of 'A' has no line end, so 'EOF' cannot follow")]
    public void What_cannot_be_read_is_explained(string file, string message)
    {
        var error = Assert.Throws<FileCommandException>(() => KeyValueFile.Read(file).ToList());

        Assert.Equal(message, error.Message);
    }
}
