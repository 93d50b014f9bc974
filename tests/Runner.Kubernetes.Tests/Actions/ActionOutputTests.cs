using System.Text;
using Runner.Kubernetes.Actions;

namespace Runner.Kubernetes.Tests.Actions;

/// <summary>Strings stand for streams of a container's log, each of which begins at the log's beginning.</summary>
public sealed class ActionOutputTests : IDisposable
{
    private readonly MemoryStream _passedOn = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PassedOn => Encoding.UTF8.GetString(_passedOn.ToArray());

    public void Dispose() => _passedOn.Dispose();

    [Fact]
    public async Task Streams_that_begin_anew_bring_each_byte_once()
    {
        var output = new ActionOutput(_passedOn, received: 0);

        await ReadAsync(output, "one\ntw", "", "on", "one\ntwo\n", "one\ntwo\nthree\n");

        Assert.Equal("one\ntwo\nthree\n", PassedOn);
        Assert.Equal(PassedOn.Length, output.Progress);
    }

    [Fact]
    public async Task Long_log_is_counted_off_beyond_what_is_compared()
    {
        var log = string.Join('\n', Enumerable.Range(1, 20_000));
        var output = new ActionOutput(_passedOn, received: 0);

        await ReadAsync(output, log[..50_000], log[..50_001], log);

        Assert.Equal(log, PassedOn);
    }

    [Fact]
    public async Task What_the_worker_has_from_a_launcher_before_is_not_sent_again()
    {
        var output = new ActionOutput(_passedOn, received: 8);

        await output.WriteLineAsync("hello", Token); // 6 bytes with its end
        await ReadAsync(output, "abcdef");

        Assert.Equal("cdef", PassedOn);
    }

    [Fact]
    public async Task Log_file_that_was_begun_anew_is_told()
    {
        var output = new ActionOutput(_passedOn, received: 0);

        await ReadAsync(output, "one\ntwo\n", "three\nfour\n", "three\nfour\nfive\n");

        Assert.Equal(
            "one\ntwo\n##[warning]The node began a new log file while the connection to it was down: lines may be missing or repeated here\nthree\nfour\nfive\n",
            PassedOn);
    }

    private static async Task ReadAsync(ActionOutput output, params string[] streams)
    {
        foreach (var stream in streams)
        {
            Assert.True(await output.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(stream)), () => { }, Token, Token));
        }
    }
}
