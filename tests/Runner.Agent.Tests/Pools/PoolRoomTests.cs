using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Pools;
using Runner.Backends;

namespace Runner.Agent.Tests.Pools;

public sealed class PoolRoomTests
{
    private const int Limit = 30_000;

    private readonly FakeTimeProvider _time = new();
    private readonly PoolRoom _room;

    public PoolRoomTests() => _room = new PoolRoom(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Without_a_limit_all_get_in()
    {
        for (var i = 0; i < 100; i++)
        {
            await EnterAsync();
        }

        Assert.Equal((100, 0), _room.Unplaced);
    }

    [Fact(Timeout = Limit)]
    public async Task No_more_get_in_than_there_is_room_for_until_one_has_its_pod()
    {
        _room.Look(() => Places(2));
        var first = await EnterAsync();
        await EnterAsync();
        var third = EnterAsync();
        var early = third.IsCompleted;

        first.Take();
        var taken = third.IsCompleted; // its job has no pod yet
        first.Dispose();
        await third;

        Assert.False(early);
        Assert.False(taken);
        Assert.Equal((2, 0), _room.Unplaced);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_has_its_pod_leaves_no_room_to_the_next()
    {
        var (places, asked) = (1, 0);
        _room.Look(() =>
        {
            Interlocked.Increment(ref asked);
            return Places(places);
        });
        var first = await EnterAsync();
        var second = EnterAsync();

        (places, asked) = (0, 0); // its pod is made, and counts
        first.Dispose();
        while (Volatile.Read(ref asked) == 0)
        {
            await Task.Yield();
        }

        Assert.False(second.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Room_that_comes_is_given_to_those_that_wait()
    {
        _room.Look(() => Places(0));
        var waiting = EnterAsync();

        _room.Look(() => Places(1));

        await waiting;
    }

    [Fact(Timeout = Limit)]
    public async Task Last_runners_leave_where_room_is_lost_but_not_those_with_a_job()
    {
        var tickets = new[] { await EnterAsync(), await EnterAsync(), await EnterAsync(), await EnterAsync() };
        tickets[3].Take();

        _room.Look(() => Places(2));
        _room.Look(() => Places(2)); // nobody has left yet: no others are asked

        Assert.Equal([false, true, true, false], tickets.Select(ticket => ticket.Leave.IsCancellationRequested));
    }

    [Fact(Timeout = Limit)]
    public async Task Job_that_is_ours_waits_for_room_so_long_and_no_longer()
    {
        _room.Look(() => Places(0));
        var ordered = _room.EnterAsync(TimeSpan.FromMinutes(3), Token);
        var standing = EnterAsync();

        _time.Advance(TimeSpan.FromSeconds(179));
        var early = ordered.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(1));
        var ticket = await ordered;
        _room.Look(() => Places(0));

        Assert.False(early);
        Assert.False(standing.IsCompleted);
        Assert.False(ticket.Leave.IsCancellationRequested);
    }

    [Fact(Timeout = Limit)]
    public async Task Who_stops_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        _room.Look(() => Places(0));
        var waiting = _room.EnterAsync(patience: null, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((0, 0), _room.Unplaced);
    }

    private Task<RoomTicket> EnterAsync() => _room.EnterAsync(patience: null, Token);

    private static JobRoom Places(int places) => new(places, RoomLimit.Quota, "quota");
}
