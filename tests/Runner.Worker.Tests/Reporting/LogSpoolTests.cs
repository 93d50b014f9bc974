using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Testing;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Reporting;

public sealed class LogSpoolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_line_longer_than_a_page_is_kept_whole()
    {
        using var spool = new LogSpool(_folder["log"], _time);
        var line = new string('x', 300_000);

        spool.Append("t "u8, "short"u8);
        spool.Append("t "u8, Encoding.UTF8.GetBytes(line));
        spool.End();

        Assert.Equal($"t short\nt {line}\n", await ReadAsync(spool));
        Assert.Equal(2, spool.Lines);
    }

    [Fact]
    public void Line_feeds_inside_a_text_count_as_lines()
    {
        using var spool = new LogSpool(_folder["log"], _time);

        var first = spool.Append("t "u8, "a\nb\nc"u8);
        var second = spool.Append("t "u8, "d"u8);

        Assert.Equal((1, 4, 4), (first, second, spool.Lines));
    }

    [Fact]
    public void Nothing_is_added_after_the_end()
    {
        using var spool = new LogSpool(_folder["log"], _time);
        spool.Append("t "u8, "a"u8);
        spool.End();

        spool.Append("t "u8, "late"u8);

        Assert.Equal(4, spool.Flush());
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_stops_no_step_and_the_log_says_how_much_is_missing()
    {
        using var spool = new LogSpool(_folder["missing/log"], _time);

        for (var i = 0; i < 10_000; i++)
        {
            spool.Append("t "u8, "two lines\nin one text"u8);
        }

        var kept = spool.Lines;
        spool.End();

        Assert.NotNull(spool.Failure);
        Assert.Equal(20_000 - kept, spool.LostLines);
        var lines = (await ReadAsync(spool)).TrimEnd('\n').Split('\n');
        Assert.Equal(kept, lines.Length - 1);
        Assert.Equal($"t ##[warning]{20_000 - kept} line(s) are missing here: the runner's disk took nothing", lines[^1]);
    }

    [Fact]
    public async Task Lines_that_a_full_disk_cost_are_counted_in_the_log_once_it_takes_them_again()
    {
        using var spool = new LogSpool(_folder["missing/log"], _time);
        for (var i = 0; i < 10_000; i++)
        {
            spool.Append("t "u8, "a line of some length"u8);
        }

        var kept = spool.Lines;
        Directory.CreateDirectory(_folder["missing"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        spool.Append("t "u8, "the disk is back"u8);
        spool.End();

        var lines = (await ReadAsync(spool)).TrimEnd('\n').Split('\n');
        Assert.Equal($"t ##[warning]{10_000 - kept} line(s) are missing here: the runner's disk took nothing", lines[^2]);
        Assert.Equal("t the disk is back", lines[^1]);
    }

    [Fact]
    public async Task An_error_arrives_even_where_the_disk_takes_nothing()
    {
        using var spool = new LogSpool(_folder["missing/log"], _time);
        for (var i = 0; i < 10_000; i++)
        {
            spool.Append("t "u8, "a line of some length"u8);
        }

        var kept = spool.Lines;
        spool.Append("t "u8, "##[error]this is why"u8);
        spool.Append("t "u8, "a line that comes too late"u8);
        spool.End();

        Assert.Equal(
            [
                $"t ##[warning]{10_000 - kept} line(s) are missing here: the runner's disk took nothing",
                "t ##[error]this is why",
                "t ##[warning]1 line(s) are missing here: the runner's disk took nothing",
            ],
            (await ReadAsync(spool)).TrimEnd('\n').Split('\n')[^3..]);
    }

    [Fact]
    public void A_line_longer_than_a_page_is_lost_wholly_where_the_disk_takes_nothing()
    {
        using var spool = new LogSpool(_folder["missing/log"], _time);

        spool.Append("t "u8, new byte[300_000]);

        Assert.Equal((0, 1), (spool.Lines, spool.LostLines));
    }

    [Fact]
    public async Task A_pipe_in_its_place_is_not_waited_for()
    {
        using (var mkfifo = Process.Start("mkfifo", [_folder["log"]]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var spool = new LogSpool(_folder["log"], _time);

        spool.Append("t "u8, Encoding.UTF8.GetBytes(new string('x', 300_000)));
        spool.End();

        Assert.Equal(300_003, spool.Flush());
    }

    [Fact]
    public void The_file_is_gone_after_disposal()
    {
        var spool = new LogSpool(_folder["log"], _time);
        spool.Append("t "u8, "a"u8);
        spool.End();
        Assert.True(File.Exists(_folder["log"]));

        spool.Dispose();

        Assert.False(File.Exists(_folder["log"]));
    }

    private static async Task<string> ReadAsync(LogSpool spool)
    {
        using var content = spool.Read(0, (int)spool.Flush());
        return await content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
