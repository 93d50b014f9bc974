using System.Text;
using CsCheck;
using Runner.Execution.Containers;
using Runner.Execution.Processes;

namespace Runner.Execution.Tests.Containers;

public sealed class LineCutterTests
{
    [Theory]
    [InlineData("one\ntwo\n", new[] { "one", "two" })]
    [InlineData("one\ntwo", new[] { "one", "two" })]
    [InlineData("one\r\ntwo\rthree\n", new[] { "one", "two", "three" })]
    [InlineData("\n\nx", new[] { "", "", "x" })]
    [InlineData("x\r\n\r\n", new[] { "x", "" })]
    [InlineData("", new string[0])]
    public void Lines_are_the_same_wherever_the_bytes_are_cut(string text, string[] lines)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Gen.Int[1, 4].List[0, 12].Sample(sizes =>
        {
            var sink = new Sink();
            var cutter = new LineCutter(sink);
            var at = 0;
            foreach (var size in sizes)
            {
                var end = Math.Min(at + size, bytes.Length);
                cutter.Write(bytes.AsSpan(at, end - at));
                at = end;
            }

            cutter.Write(bytes.AsSpan(at));
            cutter.End();
            Assert.Equal(lines, sink.Lines);
        });
    }

    [Fact]
    public void Line_too_long_to_be_kept_is_handed_on_in_parts()
    {
        var sink = new Sink { Takes = 1000 };
        var cutter = new LineCutter(sink);
        var line = new string('x', LineReader.MaxLineBytes + 1500);

        foreach (var part in Encoding.UTF8.GetBytes(line + "\nnext\n").Chunk(4096))
        {
            cutter.Write(part);
        }

        cutter.End();

        Assert.Equal(line, string.Concat(sink.Parts) + sink.Lines[0]);
        Assert.NotEmpty(sink.Parts);
        Assert.Equal("next", sink.Lines[1]);
    }

    private sealed class Sink : ILineSink
    {
        public int Takes { get; init; }

        public List<string> Lines { get; } = [];

        public List<string> Parts { get; } = [];

        public void Line(ReadOnlySpan<byte> line) => Lines.Add(Encoding.UTF8.GetString(line));

        public int TakeOverlong(ReadOnlySpan<byte> start)
        {
            Parts.Add(Encoding.UTF8.GetString(start[..Takes]));
            return Takes;
        }
    }
}
