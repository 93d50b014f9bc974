using System.Text;
using Runner.Testing;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Reporting;

public sealed class LogSpoolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_line_longer_than_a_page_is_kept_whole()
    {
        using var spool = new LogSpool(_folder["log"]);
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
        using var spool = new LogSpool(_folder["log"]);

        var first = spool.Append("t "u8, "a\nb\nc"u8);
        var second = spool.Append("t "u8, "d"u8);

        Assert.Equal((1, 4, 4), (first, second, spool.Lines));
    }

    [Fact]
    public void Nothing_is_added_after_the_end()
    {
        using var spool = new LogSpool(_folder["log"]);
        spool.Append("t "u8, "a"u8);
        spool.End();

        spool.Append("t "u8, "late"u8);

        Assert.Equal(4, spool.Flush());
    }

    [Fact]
    public void A_disk_that_takes_nothing_stops_no_step()
    {
        File.CreateSymbolicLink(_folder["full"], "/dev/full"); // takes no byte: "no space left on device"
        using var spool = new LogSpool(_folder["full"]);

        for (var i = 0; i < 10_000; i++)
        {
            spool.Append("t "u8, "a line of some length"u8);
        }

        Assert.NotNull(spool.Failure);
        Assert.Equal(0, spool.Flush());
    }

    [Fact]
    public async Task Lines_that_a_full_disk_cost_are_counted_in_the_log_once_it_takes_them_again()
    {
        File.CreateSymbolicLink(_folder["log"], _folder["missing/folder"]);
        using var spool = new LogSpool(_folder["log"]);
        for (var i = 0; i < 10_000; i++)
        {
            spool.Append("t "u8, "a line of some length"u8);
        }

        var kept = spool.Lines;
        Directory.CreateDirectory(_folder["missing"]);
        spool.Append("t "u8, "the disk is back"u8);
        spool.End();

        var lines = (await ReadAsync(spool)).TrimEnd('\n').Split('\n');
        Assert.Equal($"t ##[warning]{10_000 - kept} line(s) are missing here: the runner's disk took nothing", lines[^2]);
        Assert.Equal("t the disk is back", lines[^1]);
        Assert.Null(spool.Failure);
    }

    [Fact]
    public void The_file_is_gone_after_disposal()
    {
        var spool = new LogSpool(_folder["log"]);
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
