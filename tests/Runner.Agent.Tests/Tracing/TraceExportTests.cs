using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Tests.Page;
using Runner.Agent.Tracing;
using Runner.Jobs;
using Runner.Protocol.Traces;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.Tracing;

public sealed class TraceExportTests(FakeHttpServer server) : IDisposable
{
    private const int Limit = 30_000;

    private static readonly DateTimeOffset Seen = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Logs _logs = new();
    private readonly FakeTimeProvider _time = new(Seen);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Jobs_that_ended_before_the_agent_stops_are_told_of_and_what_is_refused_is_told_once()
    {
        var site = server.Open(http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        using var export = Export(site.Address);
        await export.StartAsync(Token);

        export.Ended(Job());
        export.Ended(Job());
        await export.StopAsync(Token);

        Assert.Equal(2, site.Requests.Count);
        Assert.Contains("The collector of monitoring.tracing did not take a trace", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Jobs_beyond_a_thousand_that_wait_are_left_out_and_told_of()
    {
        var gate = new TaskCompletionSource();
        var site = server.Open(http => gate.Task);
        using var export = Export(site.Address);
        await export.StartAsync(Token);

        for (var job = 0; job < 1100; job++)
        {
            export.Ended(Job());
        }

        gate.SetResult();
        Assert.Contains("1000 jobs wait to be told", Assert.Single(_logs.Lines), StringComparison.Ordinal);
        await export.StopAsync(Token);
    }

    private TraceExport Export(Uri collector) => new(
        new TraceTargets(new TracingOptions { Endpoint = collector.AbsoluteUri }),
        new TraceClient(Http, "runner-agent", "1.2", TimeProvider.System),
        _time,
        new Logger<TraceExport>(_logs));

#pragma warning disable RS0030 // a test's own client
    private static HttpClient Http { get; } = new(new SocketsHttpHandler());
#pragma warning restore RS0030

    private static JobView Job() => new()
    {
        Id = Guid.NewGuid().ToString(), Name = "build", Pool = "linux", Runner = "runner-1", Times = new JobMoments { Seen = Seen, Ended = Seen.AddSeconds(1) },
    };
}

public sealed class TracingOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://otel.example:4318", null)]
    [InlineData("https://otel.example/collector/", null)]
    [InlineData("otel.example:4318", "is 'otel.example:4318', expected one such as http://otel-collector.monitoring:4318")]
    [InlineData("grpc://otel.example:4317", "is 'grpc://otel.example:4317', expected one such as http://otel-collector.monitoring:4318")]
    [InlineData("https://user:s3cr3t@otel.example", "is no address alone (it is not shown, as it may hold a key: put that into headersFile), expected one such as http://otel-collector.monitoring:4318")]
    [InlineData("https://otel.example/?key=s3cr3t", "is no address alone (it is not shown, as it may hold a key: put that into headersFile), expected one such as http://otel-collector.monitoring:4318")]
    public void Endpoint_is_an_address_and_nothing_more(string endpoint, string? problem) =>
        Assert.Equal(problem is null ? [] : [("monitoring.tracing.endpoint", problem)], new TracingOptions { Endpoint = endpoint }.Validate());

    [Theory]
    [InlineData("x-key: s3cr3t\n\n authorization: Basic YTpi \n", true)]
    [InlineData("", true)]
    [InlineData("x-key s3cr3t", false)]
    [InlineData("x(y: s3cr3t", false)]
    [InlineData("x-key: s3cr3t-é", false)]
    [InlineData(": s3cr3t", false)]
    public void Headers_are_lines_of_names_and_values(string text, bool isRight)
    {
        File.WriteAllText(_folder["headers"], text);
        var options = new TracingOptions { Endpoint = "http://otel.example", HeadersFile = _folder["headers"] };

        var problems = options.Validate().ToList();

        Assert.Equal(isRight ? 0 : 1, problems.Count);
        Assert.DoesNotContain(problems, problem => problem.Problem.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.Equal(isRight && text.Length > 0 ? "s3cr3t" : null, options.ReadHeaders().Headers.GetValueOrDefault("X-Key"));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Part_of_the_jobs_is_none_below_zero_and_none_above_all(double rate) =>
        Assert.Equal("monitoring.tracing.samplingRate", Assert.Single(new TracingOptions { SamplingRate = rate }.Validate()).Path);

    [Fact]
    public void Collector_of_old_is_taken_for_its_OTLP() => Assert.Equal(
        new Uri("http://jaeger.example:4318"), new TracingOptions { JaegerEndpoint = "http://jaeger.example:14268/api/traces" }.Address);

    [Theory]
    [InlineData(true, TraceSampler.Probabilistic, 0.1, 0.1)]
    [InlineData(true, TraceSampler.Always, 0.1, 1)]
    [InlineData(true, TraceSampler.Never, 0.1, 0)]
    [InlineData(false, TraceSampler.Always, 1, 0)]
    public void Part_of_the_jobs_is_traced_that_the_settings_say(bool enabled, TraceSampler sampler, double rate, double part)
    {
        var targets = new TraceTargets(new TracingOptions { Endpoint = "http://otel.example:4318", Enabled = enabled, Sampler = sampler, SamplingRate = rate });

        var traced = Enumerable.Range(0, 2000).Count(job => targets.Of(new JobId(new Guid(job, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))) is not null);

        Assert.InRange(traced / 2000.0, part - 0.03, part + 0.03);
    }

    [Fact]
    public void File_of_headers_must_be_there_and_of_use()
    {
        Assert.Contains("cannot be read", Assert.Single(new TracingOptions { Endpoint = "http://otel.example", HeadersFile = _folder["none"] }.Validate()).Problem, StringComparison.Ordinal);
        Assert.Contains("monitoring.tracing.endpoint names none", Assert.Single(new TracingOptions { HeadersFile = _folder["none"] }.Validate()).Problem, StringComparison.Ordinal);
    }
}
