using System.Buffers;
using System.Globalization;
using System.Text;
using Runner.Jobs.Link;

namespace Runner.Jobs.Tests.Link;

public sealed class EventLineTests
{
    private readonly EventLineReader _reader = new();

    [Fact]
    public void Events_come_back_as_they_were()
    {
        var read = Lines([.. SomeEvents.All]).Select(line => (_reader.Read(line), _reader.Event)).ToList();

        Assert.All(read, one => Assert.Equal(LineReading.Event, one.Item1));
        Assert.Equivalent(SomeEvents.All, read.Select(one => one.Event), strict: true);
    }

    [Fact]
    public void Long_event_goes_on_in_further_lines_none_of_which_a_container_runtime_cuts()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(number => number.ToString(CultureInfo.InvariantCulture) + "ü\u0001"));

        var lines = Lines(Line(text));

        Assert.All(lines, line => Assert.InRange(line.Length + 1, 1, EventLineWriter.MaxLineBytes));
        Assert.All(lines, line => Assert.DoesNotContain('\ufffd', Encoding.UTF8.GetString(line)));
        Assert.All(lines.SkipLast(1), line => Assert.Equal(LineReading.Part, _reader.Read(line)));
        Assert.Equal(LineReading.Event, _reader.Read(lines[^1]));
        Assert.Equal(text, Assert.IsType<LineEvent>(_reader.Event).Text);
    }

    [Fact]
    public void Lines_that_come_again_say_nothing_new()
    {
        var lines = Lines(Line("a"), Line("b"));
        _reader.Read(lines[0]);
        _reader.Read(lines[1]);

        Assert.Equal(LineReading.Repeated, _reader.Read(lines[0]));
        Assert.Equal(LineReading.Repeated, _reader.Read(lines[1]));
    }

    [Fact]
    public void Missing_line_is_noticed_and_nothing_taken_until_it_is_given_up()
    {
        var lines = Lines(Line("a"), Line("b"), Line("c"));
        _reader.Read(lines[0]);

        Assert.Equal(LineReading.Gap, _reader.Read(lines[2]));
        Assert.Equal(1, _reader.LastNumber);
        Assert.Equal(1, _reader.SkipTo(lines[2]));
        Assert.Equal(LineReading.Event, _reader.Read(lines[2]));
    }

    [Fact]
    public void Rest_of_an_event_whose_beginning_is_lost_is_unreadable_and_the_next_one_is_read()
    {
        var lines = Lines(Line(new string('x', 20_000)), Line("next"));

        _reader.SkipTo(lines[2]);

        Assert.Equal(LineReading.Unreadable, _reader.Read(lines[2]));
        Assert.Equal(LineReading.Event, _reader.Read(lines[3]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("warn: something")]
    [InlineData("@event")]
    [InlineData("@event x {}")]
    [InlineData("@event 0 {}")]
    [InlineData("@event -1 {}")]
    [InlineData("@event 1{}")]
    public void Other_lines_are_foreign(string line) => Assert.Equal(LineReading.Foreign, _reader.Read(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("@event 1 ")]
    [InlineData("@event 1 {")]
    [InlineData("@event 1 {}")]
    [InlineData("@event 1 null")]
    [InlineData("""@event 1 {"type":"ofLaterVersions"}""")]
    [InlineData("""@event 1 {"type":"line"}""")]
    public void Event_of_another_version_is_unreadable(string line) =>
        Assert.Equal(LineReading.Unreadable, _reader.Read(Encoding.UTF8.GetBytes(line)));

    private static LineEvent Line(string text) => new() { Time = DateTimeOffset.UnixEpoch, Text = text };

    private static List<byte[]> Lines(params WorkerEvent[] events)
    {
        var writer = new EventLineWriter();
        var output = new ArrayBufferWriter<byte>();
        foreach (var workerEvent in events)
        {
            writer.Write(workerEvent, output);
        }

        return [.. Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n').Split('\n').Select(Encoding.UTF8.GetBytes)];
    }
}
