using Runner.Emulator.Options;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;

namespace Runner.Emulator.Jobs;

/// <summary>What only the server knows of a job: the addresses of its services and the job's tokens (<c>job-message.md</c> sections 4 and 6).</summary>
internal sealed class JobConnection(EmulatorAddress address, TokenIssuer tokens, JobNumbers numbers)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(24);

    /// <summary>Base of the results service and of action resolution.</summary>
    public Uri Services => address.Root;

    /// <summary>A number for a job.</summary>
    public long NewNumber() => numbers.Next();

    /// <summary>The endpoint that the job talks to GitHub through.</summary>
    /// <param name="plan">Plan of the run.</param>
    /// <param name="job">Id of the job.</param>
    /// <param name="orchestration">Its name across services; see <see cref="OrchestrationId"/>.</param>
    /// <param name="origin">Where the run comes from.</param>
    public ServiceEndpoint Endpoint(PlanId plan, JobId job, string orchestration, RunOrigin origin) => new()
    {
        Name = "SystemVssConnection",
        Url = address.RunService(plan.Value).AbsoluteUri,
        Authorization = new EndpointAuthorization
        {
            Scheme = "OAuth",
            Parameters = new Dictionary<string, string?> { ["AccessToken"] = tokens.IssueJob(plan, job, orchestration, origin) },
        },
        Data = new Dictionary<string, string?>
        {
            ["ResultsServiceUrl"] = address.Root.AbsoluteUri,
            ["PipelinesServiceUrl"] = address.Root.AbsoluteUri,
            ["CacheServerUrl"] = address.Root.AbsoluteUri,
            ["GenerateIdTokenUrl"] = address.IdToken(plan.Value, job.Value).AbsoluteUri,
            ["FeedStreamUrl"] = address.Feed.AbsoluteUri,
        },
    };

    /// <summary>A token for <c>github.token</c>; the emulator's REST API takes it.</summary>
    public Secret NewGitHubToken(JobId job) => new(NewRepositoryToken(job).Token);

    /// <summary>The same with its end.</summary>
    public (string Token, DateTimeOffset Expires) NewRepositoryToken(JobId job) => tokens.Issue(TokenKind.Repository, job.ToString(), TokenLifetime);
}
