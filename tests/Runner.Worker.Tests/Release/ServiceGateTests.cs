using System.Globalization;
using System.Text;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Jobs;
using Runner.Worker.Release;

namespace Runner.Worker.Tests.Release;

public sealed class ServiceGateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Release_is_heard_by_the_worker_that_waits()
    {
        using var gate = Gate();
        PidFile.Write(_folder.FullPath);
        var waiting = gate.WaitAsync(Token);

        var exitCode = Release();

        Assert.Equal(0, exitCode);
        Assert.Null(await waiting);
    }

    [Fact(Timeout = 30_000)]
    public async Task Release_that_comes_before_the_worker_waits_is_not_lost()
    {
        var exitCode = Release(); // no worker has noted its process yet
        using var gate = Gate();

        Assert.Equal(0, exitCode);
        Assert.Null(await gate.WaitAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Reason_why_services_are_not_ready_arrives_whole_though_standard_input_stays_open()
    {
        var reason = "service-db is unhealthy\nThe last it printed:\nkein Platz für Größe 😀";
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(reason + "what follows is not its part"));
        using var gate = Gate();

        Release(Encoding.UTF8.GetByteCount(reason).ToString(CultureInfo.InvariantCulture), input);

        Assert.Equal(reason, await gate.WaitAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task First_word_counts_and_saying_it_again_does_no_harm()
    {
        using var input = new MemoryStream("too late"u8.ToArray());
        using var gate = Gate();

        Assert.Equal((0, 0, 0), (Release(), Release("8", input), Release()));
        Assert.Null(await gate.WaitAsync(Token));
        Assert.Equal(["release"], Directory.EnumerateFiles(_folder.FullPath).Select(Path.GetFileName));
    }

    [Fact(Timeout = 30_000)]
    public async Task Wait_ends_with_the_job()
    {
        using var stop = new CancellationTokenSource();
        using var gate = Gate();
        var waiting = gate.WaitAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("65537")]
    public void Wrong_length_is_told(string length)
    {
        var error = Assert.Throws<UsageException>(() => Release(length, Stream.Null));

        Assert.Equal($"--failure must be a number of bytes from 1 to 65536, not '{length}'", error.Message);
    }

    private ServiceGate Gate() => new(_folder.FullPath, TimeProvider.System);

    private int Release(string? failure = null, Stream? input = null)
    {
        string[] options = failure is null ? [] : ["--failure", failure];
        return ReleaseCommand.Run(
            Arguments.Parse(["release", "--spool", _folder.FullPath, .. options], [], ["--failure", "--spool"]), input ?? Stream.Null, TextWriter.Null);
    }
}
