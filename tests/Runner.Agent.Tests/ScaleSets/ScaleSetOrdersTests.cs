using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Tests.Reruns;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.ScaleSets;
using Runner.Agent.Sources;
using Runner.Agent.Supervision;
using Runner.Agent.Tests.Supervision;
using Runner.Jobs;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.Tests.ScaleSets;

/// <summary>As many runners are ordered as jobs are assigned, and no more.</summary>
public sealed class ScaleSetOrdersTests : IDisposable
{
    private const int Limit = 30_000;
    private static readonly JobId One = new(Guid.Parse("11111111-0000-5000-8000-000000000000"));
    private static readonly JobId Two = new(Guid.Parse("22222222-0000-5000-8000-000000000000"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AgentMetrics _metrics = new();
    private readonly RegistrationGate _gate = new(TimeProvider.System);
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "test", Labels = ["linux"], MaxJobs = 3, Mode = PoolMode.ScaleSet }, "agent", platforms: []);
    private readonly LaunchBreakers _breakers;
    private readonly ScaleSetOrders _orders;
    private long _message;

    public ScaleSetOrdersTests()
    {
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        var supervisor = new JobSupervisor(
            new ScriptedBackend(), new NoServices(), _breakers, Ledgers.Unused(_metrics, _time), new SupervisionOptions(), _metrics, _time, NullLogger<JobSupervisor>.Instance);
        var client = new ScaleSetClient(Http, new Nowhere(), RetryOptions.None, _time, NullLogger<ScaleSetClient>.Instance); // nothing is registered here
        _orders = new ScaleSetOrders(_pool, client, supervisor, _gate, _time, NullLogger.Instance);
        _orders.Use(7);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _pool.Dispose();
        _breakers.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Each_assigned_job_is_one_order()
    {
        List<Task<IRunnerOrder>> asked = [NextAsync(), NextAsync(), NextAsync()];
        var early = asked.Any(order => order.IsCompleted);

        Read(Assigned(One), Assigned(Two));
        var first = await Task.WhenAny(asked);
        var second = await Task.WhenAny(asked.Where(order => order != first));

        Assert.False(early);
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Contains(asked, order => !order.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Order_of_a_runner_that_got_no_job_is_given_again()
    {
        Read(Assigned(One));
        var first = await NextAsync();
        var second = NextAsync();

        first.Dispose();

        Assert.True((await second).IsWanted);
    }

    [Fact(Timeout = Limit)]
    public async Task Order_whose_job_was_canceled_is_not_wanted_any_more()
    {
        Read(Assigned(One));
        using var order = await NextAsync();

        Read(new ScaleSetJob { MessageType = ScaleSetJobTypes.Completed, JobId = One.ToString() });

        Assert.False(order.IsWanted);
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_leaves_after_two_minutes_where_no_assigned_job_is_left_for_it()
    {
        Read(Assigned(One));
        using var order = await NextAsync();
        var needed = order.MayLeave(TimeSpan.FromHours(1));

        Read(new ScaleSetJob { MessageType = ScaleSetJobTypes.Started, JobId = One.ToString() }); // by another runner

        Assert.Equal((false, false, true), (needed, order.MayLeave(TimeSpan.FromSeconds(119)), order.MayLeave(TimeSpan.FromMinutes(2))));
    }

    [Fact(Timeout = Limit)]
    public async Task Runner_may_take_another_job_than_the_one_it_was_ordered_for()
    {
        Read(Assigned(One));
        using var order = await NextAsync();
        Read(Assigned(Two));

        order.Took(Two);

        using var next = await NextAsync();
        Assert.True(next.IsWanted); // for the first
        var early = _orders.Deletable();
        next.Took(One);

        Assert.Empty(early); // what assigned the first is not done with
        Assert.Equal([1, 2], _orders.Deletable());
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_known_of_a_set_that_was_made_anew_is_void()
    {
        Read(Assigned(One));
        using var order = await NextAsync();

        _orders.Use(8);

        Assert.False(order.IsWanted);
        Assert.Equal(0, _orders.Waiting);
    }

    [Fact]
    public void No_more_is_acquired_than_there_are_free_places()
    {
        _pool.Capacity.EnterAdopted();
        Read([.. Enumerable.Range(1, 5).Select(request => new ScaleSetJob { MessageType = ScaleSetJobTypes.Available, RunnerRequestId = request })]);

        Assert.Equal([1L, 2L], _orders.Offers(new PoolOffer(Free: 5, HeldBack: 0, HoldBack.None, Why: null)));
        Assert.Equal([1L], _orders.Offers(new PoolOffer(Free: 1, HeldBack: 1, HoldBack.Quota, "full")));
    }

    private Task<IRunnerOrder> NextAsync() => _orders.NextAsync(TestContext.Current.CancellationToken);

    private void Read(params ScaleSetJob[] jobs) => _orders.Read(new ScaleSetNews(++_message, Statistics: null, [.. jobs]));

    private static ScaleSetJob Assigned(JobId job) => new() { MessageType = ScaleSetJobTypes.Assigned, JobId = job.ToString() };

#pragma warning disable RS0030 // a test's own client
    private static HttpClient Http { get; } = new();
#pragma warning restore RS0030

    private sealed class Nowhere : IActionsTenant
    {
        public ValueTask<Uri> AddressAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new Uri("http://127.0.0.1:9/"));

        public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new Secret("admin"));

        public bool TryDrop(Secret token) => false;
    }
}
