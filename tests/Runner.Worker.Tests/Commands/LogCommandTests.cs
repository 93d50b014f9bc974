using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Launch;
using Runner.Jobs.Streams;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Reporting;

namespace Runner.Worker.Tests.Commands;

public sealed class LogCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WaitableTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Log_of_the_job_is_printed_as_far_as_it_goes()
    {
        Write("one\ntwo\n");

        Assert.Equal("one\ntwo\n", await RunAsync(new MemoryStream(), "--until", "now"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Log_is_followed_until_all_of_it_is_sent()
    {
        Write("one\n");
        using var input = new EndlessInput();

        var printing = RunAsync(input, "--until", "end");
        await _time.Waits(TimeSpan.FromMilliseconds(200));
        File.AppendAllText(WorkPaths.JobLogIn(_folder.FullPath), "two\n");
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await _time.Waits(TimeSpan.FromMilliseconds(200), 2);
        File.Delete(WorkPaths.JobLogIn(_folder.FullPath));
        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal("one\ntwo\n", await printing);
    }

    [Fact(Timeout = 30_000)]
    public async Task Command_ends_with_whoever_reads_it()
    {
        Write("one\n");

        var printed = await RunAsync(new MemoryStream([1]), "--until", "end"); // without an advance of the clock

        Assert.StartsWith(printed, "one\n", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--until must be now or end, not 'never'", "--until", "never")]
    [InlineData("--last must be a number of bytes, not '-1'", "--until", "now", "--last", "-1")]
    public async Task Mistakes_are_told(string message, params string[] options)
    {
        var mistake = await Assert.ThrowsAsync<UsageException>(() => RunAsync(new MemoryStream(), options));

        Assert.Equal(message, mistake.Message);
    }

    [Fact]
    public void Line_is_on_disk_soon_after_it_came_though_it_fills_no_page()
    {
        var time = new FakeTimeProvider();
        var writes = 0;
        using var spool = new LogSpool(_folder["log"], time);
        using var file = new JobLogFile(spool, () => writes++, time);

        spool.Append("t "u8, "one"u8);
        file.Grow();
        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(File.Exists(_folder["log"]));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("t one\n", File.ReadAllText(_folder["log"]));

        spool.Append("t "u8, "two"u8);
        file.Grow();
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("t one\nt two\n", File.ReadAllText(_folder["log"]));
        Assert.Equal(2, writes);
    }

    [Fact]
    public void Job_that_goes_on_printing_is_written_few_times_and_one_that_paused_at_once_again()
    {
        var time = new FakeTimeProvider();
        var writes = 0;
        using var spool = new LogSpool(_folder["log"], time);
        using var file = new JobLogFile(spool, () => writes++, time);

        for (var i = 0; i < 1000; i++)
        {
            file.Grow();
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(writes, 20, 25); // in ten seconds
        time.Advance(TimeSpan.FromSeconds(1)); // the last one
        time.Advance(TimeSpan.FromSeconds(1));
        writes = 0;
        file.Grow();
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, writes);
    }

    private void Write(string text)
    {
        var path = WorkPaths.JobLogIn(_folder.FullPath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it has a folder
        File.WriteAllText(path, text);
    }

    private async Task<string> RunAsync(Stream input, params string[] options)
    {
        using var output = new MemoryStream();
        var arguments = Arguments.Parse(["log", "--spool", _folder.FullPath, .. options], ["--until"], ["--last", "--spool"]);
        Assert.Equal(0, await LogCommand.RunAsync(arguments, input, output, _time));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Standard input of somebody who goes on watching.</summary>
    private sealed class EndlessInput : SequentialStream
    {
        private readonly TaskCompletionSource<int> _end = new();

        public override bool CanRead => true;

        public override bool CanWrite => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await _end.Task;
    }
}
