using System.Globalization;
using System.Net.Sockets;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Hosting;
using Runner.Worker.Logging;
using Runner.Worker.Release;

namespace Runner.Worker.Tests.Release;

public sealed class PayloadSocketTests : IDisposable
{
    private static readonly Guid Job = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number % 251))];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PayloadSocket Socket => new(_folder["spool"]);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Payload_arrives_whole_and_is_on_no_disk()
    {
        var taking = Socket.TakeAsync(Token);

        Assert.Equal(0, await GiveAsync(Job));

        Assert.Equal(Payload, await taking);
        Assert.Equal(["given"], Directory.EnumerateFileSystemEntries(_folder["spool"]).Select(Path.GetFileName));
        Assert.Equal(Job.ToString(), File.ReadAllText(_folder["spool/given"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Payload_that_comes_before_the_worker_listens_waits_for_it()
    {
        var giving = GiveAsync(Job);
        Assert.False(giving.IsCompleted);

        Assert.Equal(Payload, await Socket.TakeAsync(Token));
        Assert.Equal(0, await giving);
    }

    [Fact(Timeout = 30_000)]
    public async Task Given_again_it_is_taken_once_and_another_jobs_not_at_all()
    {
        var taking = Socket.TakeAsync(Token);
        await GiveAsync(Job);
        await taking;
        using var error = new StringWriter();

        Assert.Equal((0, 69), (await GiveAsync(Job), await GiveAsync(Guid.NewGuid(), error: error)));
        Assert.Equal("runner-worker: the worker has another job", error.ToString().TrimEnd());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_cut_or_no_payload_is_not_taken_and_the_next_one_is()
    {
        var taking = Socket.TakeAsync(Token);
        foreach (var bytes in new[] { new byte[4], new byte[40], [.. new byte[16], 0x7f, 0, 0, 0] })
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(_folder["spool/payload.sock"]), Token);
            await client.SendAsync(bytes, Token);
        }

        await GiveAsync(Job);

        Assert.Equal(Payload, await taking);
    }

    [Fact(Timeout = 60_000)]
    public async Task Worker_that_is_slow_to_take_it_is_not_said_to_have_none()
    {
        Directory.CreateDirectory(_folder["spool"]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["spool/payload.sock"]));
        listener.Listen(); // and accepts nobody
        using var error = new StringWriter();

        Assert.Equal(75, await GiveAsync(Job, error: error));
        Assert.Equal("runner-worker: the worker has not answered", error.ToString().TrimEnd());
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_waiting_is_told()
    {
        using var error = new StringWriter();

        Assert.Equal(69, await GiveAsync(Job, error: error));
        Assert.Equal($"runner-worker: no worker waits for a job in {_folder["spool"]}", error.ToString().TrimEnd());
    }

    [Fact(Timeout = 30_000)]
    public async Task Worker_that_is_given_no_job_ends_well_and_leaves_no_socket()
    {
        var exitCode = await WaitCommand.RunAsync(
            Arguments.Parse(["wait", "--for", "1", "--spool", _folder["spool"]], ["--for"], ["--spool"]),
            new WorkerHost
            {
                Environment = new Dictionary<string, string>(),
                Folder = _folder.FullPath,
                Started = DateTimeOffset.UnixEpoch,
                Time = TimeProvider.System,
                Loggers = new StderrLoggerFactory(TextWriter.Null, TimeProvider.System),
            });

        Assert.Equal(0, exitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["spool"]));
    }

    [Theory]
    [InlineData("give", "--job", "7", "--payload", "1", "--job must be a job's id, not '7'")]
    [InlineData("give", "--job", "11111111-2222-3333-4444-555555555555", "--payload", "1048577", "--payload must be a number of bytes from 1 to 1048576, not '1048577'")]
    public async Task Wrong_words_are_told(string command, string first, string job, string second, string length, string message)
    {
        var arguments = Arguments.Parse([command, first, job, second, length], ["--job", "--payload"], []);

        var error = await Assert.ThrowsAsync<UsageException>(() => GiveCommand.RunAsync(arguments, Stream.Null, TextWriter.Null, TimeProvider.System));

        Assert.Equal(message, error.Message);
    }

    private async Task<int> GiveAsync(Guid job, TextWriter? error = null)
    {
        string[] line = ["give", "--job", job.ToString(), "--payload", Payload.Length.ToString(CultureInfo.InvariantCulture), "--spool", _folder["spool"]];
        using var input = new MemoryStream(Payload);
        return await GiveCommand.RunAsync(Arguments.Parse(line, ["--job", "--payload"], ["--spool"]), input, error ?? TextWriter.Null, TimeProvider.System);
    }
}
