using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;
using Runner.Testing.Http;
using Runner.Worker.Reporting;
using Runner.Worker.Services;

[assembly: AssemblyFixture(typeof(FakeHttpServer))]

namespace Runner.Worker.Tests;

/// <summary>What the tests of the worker share.</summary>
internal static class TestSetup
{
    public static JobId Job { get; } = new(Guid.Parse("33333333-3333-3333-3333-333333333333"));

    public static PlanId Plan { get; } = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    public static HttpClient Http { get; } = new(new SocketsHttpHandler());

    /// <summary>Small blocks and pauses too short to notice.</summary>
    public static ReportingOptions Quick { get; } = new()
    {
        Retry = new RetryOptions { MaxRetries = int.MaxValue, FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5) },
    };

    public static GitHubReporter Reporter(
        string folder,
        FakeResults results,
        ReportingOptions? options = null,
        TimeProvider? time = null,
        Action<UnsentLog?>? leave = null,
        CancellationToken giveUp = default)
    {
        time ??= TimeProvider.System;
        options ??= Quick;
        var job = new JobMessage { Plan = new PlanReference { PlanId = Plan }, JobId = Job };
        var token = new FixedToken(new Secret("t"));
        var runService = new RunServiceClient(Http, results.Address, token, RetryOptions.None, time, NullLogger<RunServiceClient>.Instance);
        var client = new ResultsClient(Http, results.Address, token, Plan, Job, time);
        return new GitHubReporter(
            folder,
            new RunServiceReports(job, runService, runService, client, new BlobClient(Http, time), options, time, NullLogger.Instance),
            feed: null,
            mirror: null,
            leave ?? (static _ => { }),
            options,
            time,
            NullLogger.Instance,
            giveUp);
    }
}
