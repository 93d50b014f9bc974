using Microsoft.AspNetCore.Http;
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
using Runner.Backends;
using Runner.GitHub;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.ScaleSets;

/// <summary>The listener against servers that behave strangely, on a clock that stands still.</summary>
public sealed class ScaleSetListenerTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly CallsUnderWay _calls = new();
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentMetrics _metrics = new();
    private readonly RegistrationGate _gate = new(TimeProvider.System);
    private readonly SetOwner _owner = new("installation", "agent");
    private readonly MemoryNotes _notes = new();
    private readonly ScriptedBackend _backend = new();
    private readonly SessionNotes _sessionNotes;
    private readonly RunnerPool _pool = new(new PoolOptions { Name = "test", Labels = ["linux"], MaxJobs = 2, Mode = PoolMode.ScaleSet }, "agent", platforms: []);
    private readonly LaunchBreakers _breakers;
    private readonly LoopHealth _health;
    private readonly FakeSite _site;
    private ScaleSetOrders? _orders;
    private Func<HttpContext, Task> _sets =
        http => Answer(http, 200, http.Request.Method == "GET" ? """{"count":0,"value":[]}""" : """{"id":7,"name":"test"}""");

    private Func<HttpContext, Task> _queue = http => Answer(http, 202, string.Empty);
    private Func<HttpContext, Task> _delete = http => Answer(http, 204, string.Empty);
    private Func<HttpContext, Task> _session = http => Answer(http, 200, Session(http));

    public ScaleSetListenerTests(FakeHttpServer server)
    {
        _http = Client(_calls);
        _breakers = new LaunchBreakers(_metrics, _time, NullLogger<LaunchBreaker>.Instance);
        _health = new LoopHealth("listener", "test", _time);
        _sessionNotes = new SessionNotes(_notes, _backend, _owner, "mark", _time, NullLogger<SessionNotes>.Instance);
        _site = server.Open(http => http.Request.Path.Value switch
        {
            "/_apis/runtime/runnerscalesets" or "/_apis/runtime/runnerscalesets/7" => _sets(http),
            { } path when path.StartsWith("/queue", StringComparison.Ordinal) => _queue(http),
            _ when http.Request.Method == "DELETE" => _delete(http),
            _ => _session(http),
        });
    }

    public void Dispose()
    {
        _stop.Dispose();
        _http.Dispose();
        _gate.Dispose();
        _sessionNotes.Dispose();
        _pool.Dispose();
        _breakers.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Queue_that_answers_at_once_with_nothing_is_asked_ever_more_seldom()
    {
        var (running, began) = (Start(), _time.GetUtcNow());

        await PassUntilAsync(() => Count("GET", "/queue") >= 12);
        var took = _time.GetUtcNow() - began;
        await StopAsync(running);

        Assert.True(took > TimeSpan.FromSeconds(40), $"twelve polls in {took}");
    }

    [Fact(Timeout = Limit)]
    public async Task Session_that_is_gone_as_soon_as_it_is_open_is_not_opened_again_and_again()
    {
        _queue = http => Answer(http, 404, "{}");
        var (running, began) = (Start(), _time.GetUtcNow());
        string? trouble = null; // told between one session and the next

        await PassUntilAsync(() =>
        {
            trouble ??= _health.Trouble;
            return Count("POST", "/_apis/runtime/runnerscalesets/7/sessions") >= 4;
        });
        var took = _time.GetUtcNow() - began;
        await StopAsync(running);

        Assert.True(took > TimeSpan.FromSeconds(40), $"four sessions in {took}");
        Assert.NotNull(trouble);
    }

    [Fact(Timeout = Limit)]
    public async Task Session_of_another_agent_is_waited_for_in_short_flat_steps()
    {
        var tries = 0;
        _session = http => Interlocked.Increment(ref tries) <= 20 ? Answer(http, 409, """{"message":"held"}""") : Answer(http, 200, Session(http));
        var (running, began) = (Start(), _time.GetUtcNow());

        await PassUntilAsync(() => Count("GET", "/queue") > 0, TimeSpan.FromMilliseconds(500));
        var took = _time.GetUtcNow() - began;
        await StopAsync(running);

        Assert.InRange(took.TotalSeconds, 20 * 3 - 1, 20 * 5);
    }

    [Theory(Timeout = Limit)]
    [InlineData("agent", new[] { "agent" }, true)] // a life of this agent's own that is over
    [InlineData("agent", null, true)] // on one machine: a process that is gone
    [InlineData("agent-2", new[] { "agent" }, true)]
    [InlineData("agent-2", new[] { "agent", "agent-2" }, false)]
    [InlineData("agent-2", null, false)] // nobody can tell
    public async Task Session_of_an_agent_that_is_gone_is_ended_and_no_other_one(string holder, string[]? living, bool isEnded)
    {
        var left = Guid.NewGuid();
        _backend.Living = living;
        _notes.All["session-mark-7"] = new SessionNote(holder, new ProcessMark(int.MaxValue, 1), left).ToText();
        _session = http => Answer(http, HasEnded() ? 200 : 409, HasEnded() ? Session(http) : """{"message":"held"}""");
        var (running, began) = (Start(), _time.GetUtcNow());

        await PassUntilAsync(() => Count("GET", "/queue") > 0 || _time.GetUtcNow() - began > TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
        var asked = Count("POST", "/_apis/runtime/runnerscalesets/7/sessions");
        var note = SessionNote.Parse(_notes.All.GetValueOrDefault("session-mark-7"));
        await StopAsync(running);

        Assert.Equal(isEnded, HasEnded());
        Assert.Equal(isEnded && holder == "agent", asked == 2); // that one at once; of others it must be sure
        Assert.Equal(isEnded ? ("agent", ProcessMark.Current) : (holder, new ProcessMark(int.MaxValue, 1)), (note?.Agent, note?.Process));
        Assert.Equal(!isEnded, _notes.All.ContainsKey("session-mark-7")); // one's own goes with the session

        bool HasEnded() => Count("DELETE", $"/_apis/runtime/runnerscalesets/7/sessions/{left}") > 0;
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_is_away_for_a_moment_keeps_its_session()
    {
        var left = Guid.NewGuid();
        _backend.Living = ["agent"];
        _notes.All["session-mark-7"] = new SessionNote("agent-2", new ProcessMark(int.MaxValue, 1), left).ToText();
        _session = http => Answer(http, 409, """{"message":"held"}""");
        var (running, began) = (Start(), _time.GetUtcNow());

        await PassUntilAsync(() => _time.GetUtcNow() - began > TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100));
        _backend.Living = ["agent", "agent-2"]; // as after an outage of the API server, once it has renewed its Lease
        await PassUntilAsync(() => _time.GetUtcNow() - began > TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
        await StopAsync(running);

        Assert.Equal(0, Count("DELETE", $"/_apis/runtime/runnerscalesets/7/sessions/{left}"));
    }

    [Fact(Timeout = Limit)]
    public async Task End_of_a_left_over_session_that_failed_is_tried_again_and_a_note_that_failed_is_written_later()
    {
        var (left, deletions) = (Guid.NewGuid(), 0);
        _notes.All["session-mark-7"] = new SessionNote("agent", new ProcessMark(int.MaxValue, 1), left).ToText();
        _delete = http => Interlocked.Increment(ref deletions) == 1 ? Answer(http, 502, "bad gateway") : Answer(http, 204, string.Empty);
        _session = http =>
        {
            _notes.IsBroken = deletions > 1 && Count("GET", "/queue") == 0;
            return deletions > 1 ? Answer(http, 200, Session(http)) : Answer(http, 409, """{"message":"held"}""");
        };
        var running = Start();

        await AdvanceUntilAsync(() => Count("GET", "/queue") > 0, TimeSpan.FromMilliseconds(100));
        _notes.IsBroken = false;
        await AdvanceUntilAsync(() => SessionNote.Parse(_notes.All.GetValueOrDefault("session-mark-7"))?.Process == ProcessMark.Current);
        await StopAsync(running);

        Assert.False(_notes.All.ContainsKey("session-mark-7"));
    }

    [Fact(Timeout = Limit)]
    public async Task Poll_that_was_told_of_less_room_than_there_is_now_is_made_anew()
    {
        _queue = http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted); // held
        _pool.Capacity.EnterAdopted();
        _pool.Capacity.EnterAdopted();
        var running = Start();
        await AdvanceUntilAsync(() => Polls().Count == 1);

        _pool.Capacity.Leave();
        await AdvanceUntilAsync(() => Polls().Count == 2);
        await StopAsync(running);

        Assert.Equal(["0", "1"], Polls());
    }

    [Fact(Timeout = Limit)]
    public async Task Message_that_cannot_be_read_is_deleted_and_the_next_is_asked_for()
    {
        _queue = http => http.Request.Method == "DELETE" ? Answer(http, 204, string.Empty)
            : http.Request.QueryString.HasValue ? Answer(http, 202, string.Empty)
            : Answer(http, 200, """{"messageId":5,"messageType":"RunnerScaleSetJobMessages","body":"[{","statistics":{}}""");
        var running = Start();

        await AdvanceUntilAsync(() => Count("GET", "/queue?lastMessageId=5") > 0);
        await StopAsync(running);

        Assert.Equal(1, Count("DELETE", "/queue/5"));
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_while_the_session_is_being_opened_closes_it()
    {
        var (asked, answers) = (NewSignal(), NewSignal());
        _session = async http =>
        {
            asked.TrySetResult();
            await answers.Task;
            await Answer(http, 200, Session(http));
        };
        var running = Start();
        await asked.Task;

        await _stop.CancelAsync();
        answers.SetResult();
        await running;

        Assert.Equal((1, 0), (Count("DELETE", "/_apis/runtime/runnerscalesets/7/sessions/11111111-1111-1111-1111-111111111111"), Count("GET", "/queue")));
    }

    [Theory(Timeout = Limit)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(409)]
    public async Task Server_that_changes_no_labels_is_listened_to_all_the_same(int status)
    {
        _sets = http => http.Request.Method == "GET"
            ? Answer(http, 200, $$"""{"count":1,"value":[{"id":7,"name":"{{new SetOwner("installation", "agent").NameOf("test")}}","labels":[{"name":"old"}]}]}""")
            : Answer(http, status, "{}");
        var running = Start();

        await AdvanceUntilAsync(() => Count("GET", "/queue") > 0);
        await StopAsync(running);

        Assert.Equal(1, Count("PATCH", "/_apis/runtime/runnerscalesets/7"));
    }

    [Fact(Timeout = Limit)]
    public async Task Message_that_is_not_there_to_be_deleted_does_not_end_the_session()
    {
        _queue = http => http.Request.Method == "DELETE" ? Answer(http, 404, "{}")
            : http.Request.QueryString.HasValue ? Answer(http, 202, string.Empty)
            : Answer(http, 200, """{"messageId":5,"messageType":"RunnerScaleSetJobMessages","body":"","statistics":{}}""");
        var running = Start();

        await AdvanceUntilAsync(() => Count("GET", "/queue?lastMessageId=5") > 2);
        await StopAsync(running);

        Assert.Equal((1, 1), (Count("DELETE", "/queue/5"), Count("POST", "/_apis/runtime/runnerscalesets/7/sessions")));
    }

    [Fact(Timeout = Limit)]
    public async Task Assignment_that_vanished_without_a_word_is_given_up_and_its_message_deleted()
    {
        _queue = Once(
            """{"messageId":5,"messageType":"RunnerScaleSetJobMessages","body":"[{\"messageType\":\"JobAssigned\",\"jobId\":\"b0a1\"}]","statistics":{"totalAssignedJobs":1}}""");
        var (running, began) = (Start(), _time.GetUtcNow());

        await AdvanceUntilAsync(() => Count("DELETE", "/queue/5") > 0); // its session tells that nothing is assigned
        var took = _time.GetUtcNow() - began;
        await StopAsync(running);

        Assert.True(took > TimeSpan.FromMinutes(1), $"given up after {took}");
        Assert.Equal(0, _orders!.Waiting);
    }

    [Fact(Timeout = Limit)]
    public async Task Assignment_that_no_message_told_gets_a_runner_in_the_end()
    {
        _session = http => Answer(http, 200, Session(http).Replace("\"statistics\":{}", "\"statistics\":{\"totalAssignedJobs\":3,\"totalRunningJobs\":1}", StringComparison.Ordinal));
        var (running, began) = (Start(), _time.GetUtcNow()); // its queue stays empty

        await AdvanceUntilAsync(() => _orders!.Waiting == 2);
        var took = _time.GetUtcNow() - began;
        await StopAsync(running);

        Assert.InRange(took.TotalSeconds, 60, 180);
    }

    [Fact(Timeout = Limit)]
    public async Task Agent_that_stops_closes_the_session_and_waits_for_the_answer_of_its_poll()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = false;
        _queue = async http =>
        {
            await AdvancedAsync(() => Count("DELETE", "/_apis/runtime/runnerscalesets/7/sessions/11111111-1111-1111-1111-111111111111") > 0);
            await Answer(http, 202, string.Empty);
            answered = true;
            closed.SetResult();
        };
        var running = Start();
        await AdvanceUntilAsync(() => Count("GET", "/queue") == 1);

        await _stop.CancelAsync();
        await closed.Task;
        await running;

        Assert.True(answered);
        Assert.Equal(1, Count("GET", "/queue"));
    }

    private Task Start()
    {
        var options = new SupervisionOptions();
        var supervisor = new JobSupervisor(_backend, new NoServices(), _breakers, Ledgers.Unused(_metrics, _time), options, _metrics, _time, NullLogger<JobSupervisor>.Instance);
        var client = new ScaleSetClient(_http, new Tenant(_site.Address), RetryOptions.None, _time, NullLogger<ScaleSetClient>.Instance);
        var endpoint = GitHubEndpoint.Parse("https://github.com/acme", allowInsecureHttp: false);
        var orders = _orders = new ScaleSetOrders(_pool, client, supervisor, _gate, _time, NullLogger.Instance);
        var listener = new ScaleSetListener(
            _pool,
            orders,
            new SetSetup(client, _owner, endpoint, NullLogger<SetSetup>.Instance),
            new SetSession(client, _owner, _sessionNotes, _metrics, options, _time, NullLogger<SetSession>.Instance),
            new SlotPipelines(options, _time, NullLogger<RunnerSlot>.Instance),
            new PoolOffers([_pool], new ScriptedBackend(), _breakers, new AgentHealth(options, _time), _metrics, _time),
            supervisor,
            _health,
            _metrics,
            _time,
            NullLogger.Instance);
        return listener.RunAsync(_stop.Token);
    }

#pragma warning disable RS0030 // a test's own client
    private static HttpClient Client(CallsUnderWay calls) => new(calls) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030

    private int Count(string method, string path) =>
        _site.Requests.Count(request => request.Method == method && (request.Path == path || request.Path.StartsWith(path + "?", StringComparison.Ordinal)));

    private List<string> Polls() => [.. _site.Requests.Where(request => request is { Method: "GET", Path: "/queue" }).Select(request => request.Headers["X-ScaleSetMaxCapacity"])];

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await AdvanceUntilAsync(() => running.IsCompleted);
        await running;
    }

    // Time passes between calls alone: on a busy machine an answer that came at once would look like one that was held.
    private Task PassUntilAsync(Func<bool> condition, TimeSpan? step = null) => AdvanceUntilAsync(condition, step, () => _calls.Count == 0);

    private async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null, Func<bool>? passes = null)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (passes?.Invoke() ?? true)
            {
                _time.Advance(step ?? TimeSpan.FromMilliseconds(200));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken); // the listener's turn
        }
    }

    private static async Task AdvancedAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken); // the listener's turn
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Func<HttpContext, Task> Once(string message) => http =>
        http.Request.Method == "DELETE" ? Answer(http, 204, string.Empty)
        : http.Request.QueryString.HasValue ? Answer(http, 202, string.Empty)
        : Answer(http, 200, message);

    private static Task Answer(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }

    private static string Session(HttpContext http) =>
        $$"""
        {"sessionId":"11111111-1111-1111-1111-111111111111","messageQueueUrl":"http://{{http.Request.Host}}{{http.Request.PathBase}}/queue",
         "messageQueueAccessToken":"q","statistics":{} }
        """;

    private sealed class Tenant(Uri address) : IActionsTenant
    {
        public ValueTask<Uri> AddressAsync(CancellationToken cancellationToken) => ValueTask.FromResult(address);

        public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new Secret("admin"));

        public bool TryDrop(Secret token) => false;
    }
}
