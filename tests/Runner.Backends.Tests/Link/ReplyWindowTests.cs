using Runner.Backends.Link;

namespace Runner.Backends.Tests.Link;

public sealed class ReplyWindowTests : IDisposable
{
    private const int Size = 1024 * 1024;

    private readonly ReplyWindow _window = new(start: 100);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _window.Dispose();

    [Fact]
    public async Task Bytes_can_be_taken_again_until_the_worker_has_them()
    {
        await _window.WriteAsync(Bytes(10), Token);

        Assert.Equal(Bytes(10), Taken(100, 20));
        Assert.Equal(Bytes(10)[4..], Taken(104, 20));
        Assert.Equal(Bytes(10)[4..7], Taken(104, 3));
        Assert.Empty(Taken(110, 20));
        Assert.Equal(110, _window.Position);
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(110, true)]
    [InlineData(111, false)]
    public async Task Worker_cannot_have_what_was_not_written_or_is_forgotten(long offset, bool isPossible)
    {
        await _window.WriteAsync(Bytes(10), Token);

        Assert.Equal(isPossible, _window.TryAcknowledge(offset));
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_to_be_had_again()
    {
        await _window.WriteAsync(Bytes(10), Token);

        Assert.True(_window.TryAcknowledge(106));
        Assert.False(_window.TryAcknowledge(105));
    }

    [Fact(Timeout = 30_000)]
    public async Task Writer_waits_while_the_window_is_full_and_goes_on_around_its_end()
    {
        var all = Bytes(Size + 5000);
        var writing = _window.WriteAsync(all, Token).AsTask();
        Assert.False(writing.IsCompleted);
        Assert.Equal(all[..Size], Taken(100, all.Length));

        Assert.True(_window.TryAcknowledge(100 + 6000));
        await writing;

        Assert.Equal(all[6000..], Taken(100 + 6000, all.Length));
    }

    [Fact(Timeout = 30_000)]
    public async Task Writer_that_nobody_wants_any_more_stops_waiting()
    {
        using var stop = new CancellationTokenSource();
        var writing = _window.WriteAsync(Bytes(Size + 1), stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    [Fact]
    public async Task Change_is_told_to_whoever_looked_before_it()
    {
        var changes = new List<Task> { _window.Changed };
        await _window.WriteAsync(Bytes(1), Token);
        changes.Add(_window.Changed);
        _window.TryAcknowledge(101);
        changes.Add(_window.Changed);
        _window.Wake();

        Assert.All(changes, change => Assert.True(change.IsCompleted));
        Assert.False(_window.Changed.IsCompleted);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)(number * 7))];

    private byte[] Taken(long offset, int most)
    {
        var taken = new byte[most];
        return taken[.._window.Take(offset, taken)];
    }
}
