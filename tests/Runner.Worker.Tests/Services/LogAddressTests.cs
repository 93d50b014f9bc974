using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Testing.Http;
using Runner.Worker.Services;

namespace Runner.Worker.Tests.Services;

public sealed class LogAddressTests(FakeHttpServer server)
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<int?, int, int, int> Lives => new()
    {
        // signature s  looked at s  asked ahead  asked in all
        { 3600,         3400,        1,           1 },
        { 3600,         3520,        2,           2 }, // the last minute and a half
        { 3600,         3580,        2,           2 },
        { 120,          80,          1,           1 },
        { 120,          95,          1,           2 }, // short ones are not renewed ahead
        { null,         55,          1,           1 },
        { null,         65,          1,           2 },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(Lives))]
    public async Task Address_serves_while_its_signature_holds(int? life, int later, int ahead, int inAll)
    {
        var results = Results(life);
        var address = Address(results);
        await address.PrepareAsync(Cancelled);

        _time.Advance(TimeSpan.FromSeconds(later));
        await address.PrepareAsync(Cancelled);
        var asked = results.Requests("url").Count;
        await address.GetAsync(Cancelled);

        Assert.Equal((ahead, inAll), (asked, results.Requests("url").Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task Address_that_did_not_serve_is_not_used_again()
    {
        var results = Results(life: 3600);
        var address = Address(results);
        await address.PrepareAsync(Cancelled);

        address.Drop();

        Assert.False(address.IsKept);
        await address.GetAsync(Cancelled);
        Assert.Equal(2, results.Requests("url").Count);
    }

    private FakeResults Results(int? life) =>
        new(server) { Time = _time, SignatureLife = life is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

    private LogAddress Address(FakeResults results) => new(
        new ResultsClient(TestSetup.Http, results.Address, new FixedToken(new Secret("t")), TestSetup.Plan, TestSetup.Job, _time), step: null, _time);
}
