using System.Globalization;
using System.Text;
using System.Text.Json;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Tests.Outcomes;

public sealed class UnsentLogTests
{
    [Fact]
    public void What_is_left_is_what_was_logged()
    {
        const string Log = "2026-03-01T12:00:00.0000000Z one\n2026-03-01T12:00:01.0000000Z zwölf\n";

        var found = Find(LeftLog.ToJson(Pack(position: 10, Log)));

        Assert.Equal((10L, 0L, Log), (found.Position, found.Lost, found.Text()));
    }

    [Fact]
    public void Of_more_than_there_is_room_for_the_last_lines_are_left_and_the_rest_is_counted()
    {
        var log = string.Concat(Enumerable.Range(0, 5000).Select(Line));

        var left = LeftLog.ToJson(Pack(position: 100, log));

        var found = Find(left);
        var text = found.Text();
        Assert.True(left.Length <= WorkerOutcome.MaxBytes);
        Assert.EndsWith(text, log, StringComparison.Ordinal);
        Assert.Contains($"{text[..text.IndexOf('\n', StringComparison.Ordinal)]}\n", log, StringComparison.Ordinal);
        Assert.True(text.Count(letter => letter == '\n') >= 50);
        Assert.Equal(log.Length, found.Lost + text.Length);
    }

    [Fact]
    public void Letters_that_cannot_be_packed_are_fewer_and_end_with_the_last_line()
    {
        var random = new Random(1);
        var log = string.Concat(Enumerable.Range(0, 300).Select(_ => Convert.ToBase64String(Bytes(random, 60)) + "\n"));

        var left = LeftLog.ToJson(Pack(position: 0, log));

        Assert.True(left.Length <= WorkerOutcome.MaxBytes);
        Assert.EndsWith(Find(left).Text(), log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_left_to_the_disk()
    {
        Assert.Null(LeftLog.Find(Encoding.UTF8.GetString(LeftLog.ToJson(Pack(position: 0, new string('x', 100_000) + "\n")))));
    }

    [Fact]
    public void It_is_found_in_an_outcome_and_gives_way_to_the_outcomes_own_words()
    {
        var log = string.Concat(Enumerable.Range(0, 3000).Select(Line));
        var outcome = new WorkerOutcome { Conclusion = Conclusion.Failed, IsReported = false, Unsent = Pack(position: 3, log) };

        Assert.Equal(3, Find(outcome.ToJson()).Position);
        var long1 = (outcome with { Reason = string.Concat(Enumerable.Repeat("\u0001", 5000)) }).ToJson();
        Assert.True(long1.Length <= WorkerOutcome.MaxBytes);
        Assert.True(WorkerOutcome.TryParse(Encoding.UTF8.GetString(long1), out var read));
        Assert.Equal(Conclusion.Failed, read?.Conclusion);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"unsent":null}""")]
    [InlineData("""{"unsent":{"position":-1,"packed":"S0xKBgA="}}""")]
    [InlineData("""{"unsent":{"position":1,"packed":"no base64"}}""")]
    [InlineData("""{"unsent":{"position":1,"packed":"/////w=="}}""")]
    [InlineData("""{"unsent":{"position":1,"packed":null}}""")]
    [InlineData("""{"unsent":{"position":1,"packed":""}}""")]
    public void What_is_nothing_of_the_kind_is_none(string? left) => Assert.Null(LeftLog.Find(left));

    [Fact]
    public void What_unpacks_to_more_than_there_may_be_is_cut()
    {
        using var packed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Optimal))
        {
            deflate.Write(Enumerable.Repeat((byte)'x', 1_000_000).ToArray());
        }

        var found = Find(JsonSerializer.SerializeToUtf8Bytes(
            new LeftLog { Unsent = new UnsentLog { Position = 0, Packed = Convert.ToBase64String(packed.ToArray()) } }, LeftLogJson.Default.LeftLog));

        Assert.Equal(UnsentLog.MaxTextBytes + 1, found.Text().Length); // and a line feed
    }

    private static UnsentLog Pack(long position, string log)
    {
        var bytes = Encoding.UTF8.GetBytes(log);
        return UnsentLog.Pack(position, position + bytes.Length, bytes.AsSpan(Math.Max(0, bytes.Length - UnsentLog.MaxTextBytes)));
    }

    private static UnsentLog Find(byte[] left)
    {
        var found = LeftLog.Find(Encoding.UTF8.GetString(left));
        Assert.NotNull(found);
        return found;
    }

    private static string Line(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"2026-03-01T12:00:{number % 60:00}.{number * 7919 % 10_000_000:0000000}Z [{number}] Compiling module number {number * 31 % 977}\n");

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
