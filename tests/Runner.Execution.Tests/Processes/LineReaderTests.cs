using Runner.Execution.Processes;
using Runner.Testing;

namespace Runner.Execution.Tests.Processes;

public sealed class LineReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, string[]> Texts => new()
    {
        // text                     lines
        { "",                       [] },
        { "a",                      ["a"] },
        { "a\n",                    ["a"] },
        { "a\nb",                   ["a", "b"] },
        { "\n\n",                   ["", ""] },
        { "a\r\nb\r\n",             ["a", "b"] },
        { "10%\r20%\rdone\n",       ["10%", "20%", "done"] },
        { "a\r",                    ["a"] },
        { "a\r\r\nb",               ["a", "", "b"] },
        { "ä€😀\n",                 ["ä€😀"] },
    };

    [Theory, MemberData(nameof(Texts))]
    public void Text_is_cut_into_lines(string text, string[] lines) => Assert.Equal(lines, Read(text));

    [Theory]
    [InlineData(65535)] // The line end is cut in two by the end of the first buffer.
    [InlineData(65536)]
    [InlineData(65534)]
    public void Line_end_at_the_end_of_the_buffer_is_one_line_end(int length)
    {
        var lines = Read(new string('x', length) + "\r\nnext\n");

        Assert.Equal([length, 4], lines.Select(line => line.Length));
    }

    [Fact]
    public void Line_longer_than_the_buffer_stays_whole()
    {
        var lines = Read("a\n" + new string('x', 1_000_000) + "\nb\n");

        Assert.Equal([1, 1_000_000, 1], lines.Select(line => line.Length));
    }

    [Fact]
    public void Line_beyond_the_limit_comes_in_pieces_and_nothing_is_lost()
    {
        var lines = Read(new string('x', LineReader.MaxLineBytes + 1000) + "\nend");

        Assert.Equal(["end"], lines[^1..]);
        Assert.Equal(LineReader.MaxLineBytes + 1000, lines.SkipLast(1).Sum(line => line.Length));
        Assert.Equal(LineReader.MaxLineBytes - 10, lines[0].Length);
    }

    public void Dispose() => _folder.Dispose();

    private List<string> Read(string text)
    {
        File.WriteAllText(_folder["text"], text);
        using var file = File.OpenHandle(_folder["text"]);
        var sink = new RecordingSink();
        new LineReader(sink).ReadToEnd((int)file.DangerousGetHandle());
        return sink.Lines;
    }
}
