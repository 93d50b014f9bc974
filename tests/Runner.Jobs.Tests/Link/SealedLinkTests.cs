using System.Net;
using System.Net.Sockets;
using System.Text;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Tests.Link;

public sealed class SealedLinkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Frames_come_as_they_were_sent_in_both_directions_and_the_end_between_two_is_an_end()
    {
        var key = LinkKey.New();
        var (left, right) = await PairAsync();
        var (launcher, worker) = await OpenAsync(left, key, right, key);
        var large = new byte[SealedLink.MaxBodyBytes];
        Random.Shared.NextBytes(large);

        var sending = launcher.WriteAsync(LinkFrameKind.Bytes, large, Token);
        var received = await worker.ReadAsync(Token);
        await sending;
        await worker.WriteAsync(LinkFrameKind.Done, default, Token);
        right.Dispose();

        Assert.Equal(LinkFrameKind.Bytes, received?.Kind);
        Assert.Equal(large, received?.Body.ToArray());
        Assert.Equal(LinkFrameKind.Done, (await launcher.ReadAsync(Token))?.Kind);
        Assert.Null(await launcher.ReadAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Side_without_the_key_can_neither_read_nor_be_read()
    {
        var (left, right) = await PairAsync();
        var (launcher, stranger) = await OpenAsync(left, LinkKey.New(), right, LinkKey.New());

        await launcher.WriteAsync(LinkFrameKind.Attach, Encoding.UTF8.GetBytes("request"), Token);
        await stranger.WriteAsync(LinkFrameKind.Request, Encoding.UTF8.GetBytes("{}"), Token);

        await Assert.ThrowsAsync<InfrastructureException>(() => stranger.ReadAsync(Token));
        await Assert.ThrowsAsync<InfrastructureException>(() => launcher.ReadAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Launchers_own_frame_sent_back_to_it_is_refused()
    {
        var key = LinkKey.New();
        var (left, right) = await PairAsync();
        var opening = SealedLink.OpenAsync(left, key, isLauncher: true, Token);
        var hello = new byte[32];
        await right.ReadExactlyAsync(hello, Token);
        await right.WriteAsync(hello, Token);
        using var launcher = await opening;

        await launcher.WriteAsync(LinkFrameKind.Attach, default, Token);
        var frame = new byte[4 + 1 + 16];
        await right.ReadExactlyAsync(frame, Token);
        await right.WriteAsync(frame, Token);

        await Assert.ThrowsAsync<InfrastructureException>(() => launcher.ReadAsync(Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task Frame_that_is_longer_than_any_is_refused_before_it_is_kept()
    {
        var (left, right) = await PairAsync();
        var opening = SealedLink.OpenAsync(left, LinkKey.New(), isLauncher: false, Token);
        await right.WriteAsync(new byte[32], Token);
        using var worker = await opening;

        await right.WriteAsync(new byte[] { 0x7f, 0xff, 0xff, 0xff }, Token);

        await Assert.ThrowsAsync<InfrastructureException>(() => worker.ReadAsync(Token));
    }

    private static async Task<(SealedLink Launcher, SealedLink Worker)> OpenAsync(Stream left, Secret leftKey, Stream right, Secret rightKey)
    {
        var launcher = SealedLink.OpenAsync(left, leftKey, isLauncher: true, Token);
        var worker = SealedLink.OpenAsync(right, rightKey, isLauncher: false, Token);
        return (await launcher, await worker);
    }

    private static async Task<(NetworkStream Left, NetworkStream Right)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptSocketAsync(Token);
        await client.ConnectAsync(listener.LocalEndpoint, Token);
        return (new NetworkStream(client, ownsSocket: true), new NetworkStream(await accepting, ownsSocket: true));
    }
}
