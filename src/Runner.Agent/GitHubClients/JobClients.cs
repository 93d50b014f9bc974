using Microsoft.Extensions.Logging;
using Runner.Agent.Contracts;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Results;
using Runner.Protocol.RunService;
using Runner.Protocol.Tenant;

namespace Runner.Agent.GitHubClients;

/// <summary>Makes the clients of a job.</summary>
internal sealed class JobClients(IHttpClientFactory http, TenantLocations locations, TimeProvider time, ILoggerFactory loggers) : IJobServices
{
    /// <summary>Name of the HTTP client of all calls to GitHub's Actions services. It neither retries nor times out: its users do.</summary>
    public const string HttpClientName = "actions";

    /// <summary>Takes jobs with the runner's token. It tries a few times itself: the slot skips an offer that it cannot take.</summary>
    public RunServiceClient Acquirer(Uri address, ITokenSource tokens) => Client(address, tokens, new RetryOptions());

    /// <summary>Repeats a call as <see cref="Acquirer"/> does.</summary>
    public RetryPipeline Repeats() => new(new RetryOptions(), time, loggers.CreateLogger<JobClients>());

    IJobService? IJobServices.For(JobMessage job) => For(job);

    /// <summary>The services of a job by its own connection, or <c>null</c> where its message has none.</summary>
    public IJobService? For(JobMessage job) => TenantConnection.Of(job) is { } connection ? Tenant(job, connection) : GitHub(job);

    private GitHubJobService? GitHub(JobMessage job)
    {
        if (job.SystemConnection is not { AccessToken: { Length: > 0 } text } connection || !Uri.TryCreate(connection.Url, UriKind.Absolute, out var address))
        {
            return null;
        }

        var token = new FixedToken(new Secret(text));
        var results = Uri.TryCreate(job.Variable(JobVariables.ResultsEndpoint), UriKind.Absolute, out var resultsAddress)
            ? new ReasonLog(
                new ResultsClient(HttpClient(), resultsAddress, token, job.Plan.PlanId, job.JobId, time), new BlobClient(HttpClient(), time), time)
            : null;
        return new GitHubJobService(job.Plan.PlanId, job.JobId, Client(address, token, RetryOptions.None), results, time)
        {
            BillingOwnerId = job.BillingOwnerId,
            StepsInMessage = job.Steps.Count,
        };
    }

    /// <summary>The services of a job of which only ids are known: it can be completed, but not be explained in its log.</summary>
    public GitHubJobService For(PlanId plan, JobId job, Uri address, ITokenSource token) =>
        new(plan, job, Client(address, token, RetryOptions.None), log: null, time);

    private TenantJobService Tenant(JobMessage job, TenantConnection connection)
    {
        var client = HttpClient();
        var runner = new OAuthTokenClient(client, connection.Runner, RetryOptions.None, time, loggers.CreateLogger<OAuthTokenClient>());
        var system = job.SystemConnection;
        var token = new FixedToken(new Secret(system?.AccessToken ?? string.Empty));
        var address = Uri.TryCreate(system?.Url, UriKind.Absolute, out var own) ? own : connection.Tenant;
        var request = new JobRequestClient(client, connection.Tenant, runner, locations, connection.Pool, job.RequestId, time)
        {
            OrchestrationId = job.Variable(JobVariables.OrchestrationId),
        };
        return new TenantJobService(job, request, new PlanClient(client, address, token, locations, job, time), connection.Runner.Settings.AgentName, time);
    }

    private RunServiceClient Client(Uri address, ITokenSource tokens, RetryOptions retry) =>
        new(HttpClient(), address, tokens, retry, time, loggers.CreateLogger<RunServiceClient>());

    private HttpClient HttpClient() => http.CreateClient(HttpClientName);
}
