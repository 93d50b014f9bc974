using Microsoft.Extensions.Logging;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;
using Runner.Worker.Actions;
using Runner.Worker.Feed;
using Runner.Worker.Hosting;
using Runner.Worker.Http;
using Runner.Worker.Reporting;

namespace Runner.Worker.Jobs;

/// <summary>GitHub's services as one job's message names them.</summary>
internal sealed class JobServices : IAsyncDisposable
{
    private const string FeedAddress = "FeedStreamUrl";
    private const string ResultsAddress = "ResultsServiceUrl";

    private readonly HttpClient _http;

    private JobServices(HttpClient http, RunServiceClient renewals, RunServiceClient completion, ResultsClient? results, BlobClient blobs, LiveFeed? feed)
    {
        _http = http;
        Renewals = renewals;
        Completion = completion;
        Results = results;
        Blobs = blobs;
        Feed = feed;
    }

    /// <summary>The run service without retries: the renewal has a loop of its own.</summary>
    public RunServiceClient Renewals { get; }

    /// <summary>The run service that tries for long to complete the job.</summary>
    public RunServiceClient Completion { get; }

    /// <summary>The results service, or <c>null</c> where the message names none.</summary>
    public ResultsClient? Results { get; }

    /// <summary>Puts to signed addresses.</summary>
    public BlobClient Blobs { get; }

    /// <summary>Actions of repositories, or <c>null</c> where the message names no launch service.</summary>
    public IActionSource? Actions { get; private init; }

    /// <summary>The live log, or <c>null</c>.</summary>
    public LiveFeed? Feed { get; private set; }

    /// <summary>The services of a job.</summary>
    /// <exception cref="WorkflowException">The message names no run service.</exception>
    public static JobServices Open(WorkerHost host, LaunchPayload payload, ReportingOptions options)
    {
        var job = payload.Job;
        var bundle = new CertificateBundle(host.Environment.GetValueOrDefault("SSL_CERT_FILE"), host.Folder, payload.ExtraCertificates);
        var proxy = payload.Proxy is { } proxies ? new RouteProxy(proxies) : null;
        var http = new HttpClient(new WorkerHttp(bundle, proxy)) { Timeout = Timeout.InfiniteTimeSpan }; // each call has a limit of its own
        var logger = host.Loggers.CreateLogger<RunServiceClient>();
        try
        {
            var renewals = RunServiceClient.ForJob(http, job, RetryOptions.None, host.Time, logger);
            var completion = RunServiceClient.ForJob(http, job, options.Retry with { MaxTotal = options.MinAfterEnd }, host.Time, logger);

            // Not null: ForJob asked for both.
            var token = new Secret(job.SystemConnection!.AccessToken!);
            return new JobServices(
                http,
                renewals,
                completion,
                Address(job.Variable(JobVariables.ResultsEndpoint) ?? job.SystemConnection.DataValue(ResultsAddress)) is { } results
                    ? new ResultsClient(http, results, new FixedToken(token), job.Plan.PlanId, job.JobId, host.Time)
                    : null,
                new BlobClient(http, host.Time),
                Address(job.SystemConnection.DataValue(FeedAddress)) is { } feed ? new LiveFeed(feed, token, http, host.Time) : null)
            {
                Actions = Address(job.Variable(JobVariables.LaunchEndpoint)) is { } launch
                    ? LaunchActionSource.Create(http, launch, token, job, host)
                    : null,
            };
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

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
