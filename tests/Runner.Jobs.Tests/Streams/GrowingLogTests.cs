using System.Text;
using Runner.Jobs.Streams;
using Runner.Testing;

namespace Runner.Jobs.Tests.Streams;

public sealed class GrowingLogTests : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly WaitableTime _time = new();
    private readonly MemoryStream _file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task What_is_there_is_read_and_what_comes_meanwhile_is_not_where_nobody_follows()
    {
        Append("one\ntwo\n");
        await using var log = new GrowingLog(() => Open(), isOver: null, last: 1000, _time);

        Assert.Equal("one\n", await ReadAsync(log, 4));
        Append("three\n");

        Assert.Equal("two\n", await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_that_nobody_has_begun_is_empty()
    {
        await using var log = new GrowingLog(() => null, isOver: null, last: 1000, _time);

        Assert.Empty(await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Lines_are_read_as_they_come_until_the_log_is_over()
    {
        var (isThere, isOver) = (false, false);
        await using var log = new GrowingLog(() => isThere ? Open() : null, () => isOver, last: 1000, _time);

        var first = ReadAsync(log, 100);
        await _time.Waits(Pause);
        Append("one\n");
        isThere = true;
        _time.Advance(Pause);
        Assert.Equal("one\n", await first);
        var second = ReadAsync(log, 100);
        await _time.Waits(Pause, 2);
        Append("two\n");
        isOver = true;
        _time.Advance(Pause);

        Assert.Equal("two\n", await second);
        Assert.Empty(await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_the_last_part_is_read_from_the_beginning_of_a_line_and_the_log_says_what_is_missing()
    {
        Append(string.Concat(Enumerable.Range(0, 1000).Select(number => $"{number:D4}\n")));
        await using var log = new GrowingLog(() => Open(), isOver: null, last: 12, _time);

        Assert.Equal("[5 KiB of this log are not shown here]\n0998\n0999\n", await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Last_part_without_the_end_of_a_line_is_told_as_missing()
    {
        Append(new string('x', 20_000));
        await using var log = new GrowingLog(() => Open(), isOver: null, last: 10, _time);

        Assert.Equal("[20 KiB of this log are not shown here]\n", await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reader_that_is_slower_than_the_job_misses_lines_and_is_told_so_on_a_line_of_its_own()
    {
        Append("0000\n");
        await using var log = new GrowingLog(() => Open(), () => true, last: 12, _time);
        Assert.Equal("000", await ReadAsync(log, 3));

        Append(string.Concat(Enumerable.Range(1, 60_000).Select(number => $"{number:D5}\n"))); // 360,000 bytes, and a reader may be 262,144 behind

        var text = await ToEndAsync(log);
        Assert.StartsWith("\n[96 KiB of this log are not shown here]\n16311\n", text, StringComparison.Ordinal);
        Assert.EndsWith("59999\n60000\n", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_wants_little_of_what_was_misses_nothing_of_what_comes()
    {
        Append("before\n");
        var isOver = false;
        await using var log = new GrowingLog(() => Open(), () => isOver, last: 1, _time);
        Assert.Equal("[1 KiB of this log are not shown here]\n", await ReadAsync(log, 100));

        Append("one\ntwo\n");
        isOver = true;

        Assert.Equal("one\ntwo\n", await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Line_that_was_skipped_and_grows_meanwhile_ends_the_log_that_is_not_followed()
    {
        Append(new string('x', 20_000));
        await using var log = new GrowingLog(() => Open(), isOver: null, last: 10, _time);
        Assert.Equal("[20", await ReadAsync(log, 3));

        Append("the end of it\nand more\n");

        Assert.Equal(" KiB of this log are not shown here]\n", await ToEndAsync(log));
    }

    [Fact(Timeout = 30_000)]
    public async Task Job_that_prints_without_end_is_read_at_a_bounded_pace()
    {
        Append(new string('x', 1_000_000));
        await using var log = new GrowingLog(() => Open(), () => false, last: 2_000_000, _time);
        var read = 0;
        while (read < 256 * 1024)
        {
            read += (await ReadAsync(log, 64 * 1024)).Length;
        }

        var next = ReadAsync(log, 10);
        await _time.Waits(Pause);

        Assert.False(next.IsCompleted);
        _time.Advance(Pause);
        Assert.Equal("xxxxxxxxxx", await next);
    }

    private void Append(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var place = _file.Position;
        _file.Seek(0, SeekOrigin.End);
        _file.Write(bytes);
        _file.Position = place;
    }

    private MemoryStream Open() => _file;

    private static async Task<string> ReadAsync(GrowingLog log, int bytes)
    {
        var buffer = new byte[bytes];
        return Encoding.UTF8.GetString(buffer.AsSpan(0, await log.ReadAsync(buffer, Token)));
    }

    private static async Task<string> ToEndAsync(GrowingLog log)
    {
        using var all = new MemoryStream();
        await log.CopyToAsync(all, Token);
        return Encoding.UTF8.GetString(all.ToArray());
    }
}
