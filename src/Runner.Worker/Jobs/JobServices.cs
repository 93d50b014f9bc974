using Microsoft.Extensions.Logging;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;
using Runner.Protocol.Tenant;
using Runner.Protocol.Traces;
using Runner.Worker.Actions;
using Runner.Worker.Feed;
using Runner.Worker.Hosting;
using Runner.Worker.Http;
using Runner.Worker.Reporting;
using Runner.Worker.Services;

namespace Runner.Worker.Jobs;

/// <summary>GitHub's services as one job's message names them.</summary>
internal sealed class JobServices : IAsyncDisposable
{
    private const string FeedAddress = "FeedStreamUrl";
    private const string ResultsAddress = "ResultsServiceUrl";

    private readonly HttpClient _http;

    private JobServices(HttpClient http, IReportService reports, LiveFeed? feed, TimeProvider time)
    {
        _http = http;
        Traces = new TraceClient(http, "runner-worker", WorkerVersion.Text, time);
        Reports = reports;
        Feed = feed;
    }

    /// <summary>Whom the job is reported to.</summary>
    public IReportService Reports { get; }

    /// <summary>Collectors of traces.</summary>
    public TraceClient Traces { get; }

    /// <summary>Actions of repositories, or <c>null</c> where the message names no service that knows them.</summary>
    public IActionSource? Actions { get; private init; }

    /// <summary>The live log, or <c>null</c>.</summary>
    public LiveFeed? Feed { get; private set; }

    /// <summary>The services of a job.</summary>
    /// <exception cref="WorkflowException">The message does not say how to reach them.</exception>
    public static JobServices Open(WorkerHost host, LaunchPayload payload, ReportingOptions options)
    {
        var bundle = new CertificateBundle(host.Environment.GetValueOrDefault("SSL_CERT_FILE"), host.Folder, payload.ExtraCertificates);
        var proxy = payload.Proxy is { } proxies ? new RouteProxy(proxies) : null;
        var http = new HttpClient(new WorkerHttp(bundle, proxy)) { Timeout = Timeout.InfiniteTimeSpan }; // each call has a limit of its own
        try
        {
            return TenantConnection.Of(payload.Job) is { } connection
                ? OpenTenant(host, payload, options, http, connection)
                : OpenGitHub(host, payload.Job, options, http);
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    private static JobServices OpenGitHub(WorkerHost host, JobMessage job, ReportingOptions options, HttpClient http)
    {
        var logger = host.Loggers.CreateLogger<RunServiceClient>();
        var renewals = RunServiceClient.ForJob(http, job, RetryOptions.None, host.Time, logger);
        var completion = RunServiceClient.ForJob(http, job, Patient(options), host.Time, logger);

        // Not null: ForJob asked for both.
        var token = new Secret(job.SystemConnection!.AccessToken!);
        var results = Address(job.Variable(JobVariables.ResultsEndpoint) ?? job.SystemConnection.DataValue(ResultsAddress)) is { } address
            ? new ResultsClient(http, address, new FixedToken(token), job.Plan.PlanId, job.JobId, host.Time)
            : null;
        var reports = new RunServiceReports(
            job, renewals, completion, results, new BlobClient(http, host.Time), options, host.Time, host.Loggers.CreateLogger<RunServiceReports>());
        return new JobServices(
            http, reports, Address(job.SystemConnection.DataValue(FeedAddress)) is { } feed ? new LiveFeed(feed, token, http, host.Time) : null, host.Time)
        {
            Actions = Address(job.Variable(JobVariables.LaunchEndpoint)) is { } launch ? LaunchActionSource.Create(http, launch, token, job, host) : null,
        };
    }

    private static JobServices OpenTenant(WorkerHost host, LaunchPayload payload, ReportingOptions options, HttpClient http, TenantConnection connection)
    {
        var job = payload.Job;
        if (job.SystemConnection is not { AccessToken: { Length: > 0 } text } system)
        {
            throw new WorkflowException("The job message has no endpoint 'SystemVssConnection' with a token: the job cannot be reported");
        }

        var locations = new TenantLocations(host.Time);
        var token = new Secret(text);
        var plan = new PlanClient(http, Address(system.Url) ?? connection.Tenant, new FixedToken(token), locations, job, host.Time);
        var runner = new OAuthTokenClient(http, connection.Runner, RetryOptions.None, host.Time, host.Loggers.CreateLogger<OAuthTokenClient>());
        var request = new JobRequestClient(http, connection.Tenant, runner, locations, connection.Pool, job.RequestId, host.Time)
        {
            OrchestrationId = job.Variable(JobVariables.OrchestrationId),
        };
        var logger = host.Loggers.CreateLogger<PlanReports>();
        var reports = new PlanReports(
            job, request, plan, payload.Runner.Name, new RetryPipeline(Patient(options), host.Time, logger), options, host.Time, logger);
        IFeedChannel channel = Address(system.DataValue(FeedAddress)) is { } feed
            ? new WebSocketChannel(feed, token, http, host.Time)
            : new PlanChannel(plan);
        return new JobServices(http, reports, new LiveFeed(channel, host.Time), host.Time)
        {
            Actions = LaunchActionSource.Create(new PlanActions(plan).ResolveAsync, http, job, host),
        };
    }

    private static RetryOptions Patient(ReportingOptions options) => options.Retry with { MaxTotal = options.MinAfterEnd };

    /// <summary>Shows the last lines and closes the live log.</summary>
    public async Task CloseFeedAsync()
    {
        var feed = Feed;
        Feed = null;
        if (feed is not null)
        {
            await feed.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseFeedAsync();
        _http.Dispose();
    }

    private static Uri? Address(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null;
}
