using Runner.Agent.Pools;
using Runner.Backends;

namespace Runner.Agent.Tests.Pools;

/// <summary>How many jobs a pool takes, and why no more.</summary>
public sealed class PoolOfferTests
{
    private const string Failing = "no space left on device";

    public static TheoryData<string, int, int, int, int?, bool, bool, int, int, string> Offers => new()
    {
        // what                                          size held unplaced room  quota? failing  free heldBack reason
        { "nothing is known of room",                    10,  4,   0,       null, true,  false,   6,   0,       "None" },
        { "room for more than there are places",         10,  4,   0,       50,   true,  false,   6,   0,       "None" },
        { "room for exactly the places",                 10,  4,   0,       6,    true,  false,   6,   0,       "None" },
        { "the quota has less",                          10,  0,   0,       3,    true,  false,   3,   7,       "Quota" },
        { "runners wait for that room already",          10,  3,   3,       3,    true,  false,   0,   7,       "Quota" },
        { "more wait than there is room for",            10,  5,   5,       3,    true,  false,   0,   5,       "Quota" },
        { "no node takes them",                          10,  2,   0,       0,    false, false,   0,   8,       "Unplaceable" },
        { "none can be started",                         10,  4,   0,       null, true,  true,    0,   6,       "Failing" },
        { "none can be started, and there is no room",   10,  4,   0,       0,    true,  true,    0,   6,       "Failing" },
        { "all places are taken",                        10,  10,  0,       0,    true,  false,   0,   0,       "None" },
        { "adopted jobs took more than there are",       10,  12,  0,       5,    true,  false,   -2,  0,       "None" },
    };

    [Theory, MemberData(nameof(Offers))]
    public void Offer_is_the_least_of_all_limits_and_says_which(
        string what, int size, int held, int unplaced, int? room, bool isQuota, bool isFailing, int free, int heldBack, string reason)
    {
        var state = new PoolState(
            size, held, unplaced, new JobRoom(room, isQuota ? RoomLimit.Quota : RoomLimit.Unplaceable, "because"), isFailing ? Failing : null, WantsProbe: false);

        var offer = PoolOffer.Of(state);

        Assert.Equal((what, free, heldBack, reason), (what, offer.Free, offer.HeldBack, offer.Reason.ToString()));
        Assert.Equal(reason switch { "None" => null, "Failing" => Failing, _ => "because" }, offer.Why);
    }

    [Fact]
    public void Pool_that_fails_takes_one_to_find_out_where_there_is_room_for_it()
    {
        var state = new PoolState(10, 4, 0, JobRoom.Unlimited, Failing, WantsProbe: true);

        Assert.Equal((1, 5, HoldBack.Failing), (PoolOffer.Of(state).Free, PoolOffer.Of(state).HeldBack, PoolOffer.Of(state).Reason));
        Assert.Equal((0, HoldBack.Quota), PoolOffer.Of(state with { Room = new JobRoom(0, RoomLimit.Quota, "full") }) is var offer ? (offer.Free, offer.Reason) : default);
    }
}
