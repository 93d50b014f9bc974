using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Looks at workflow runs and runs them again, over Octokit.</summary>
public sealed class WorkflowRuns : IWorkflowRuns
{
    private readonly GitHubEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly Connection _connection;
    private readonly IActionsWorkflowRunsClient _runs;

    /// <summary>Runs of an endpoint.</summary>
    /// <param name="endpoint">Which GitHub.</param>
    /// <param name="credentials">As whom.</param>
    /// <param name="handlers">Gives the HTTP handler: proxy, certificates and pooling are its matter.</param>
    /// <param name="time">The clock of token renewal.</param>
    public WorkflowRuns(GitHubEndpoint endpoint, GitHubCredentials credentials, Func<HttpMessageHandler> handlers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(handlers);
        _endpoint = endpoint;
        _time = time;
        _connection = GitHubConnection.Open(endpoint, credentials, handlers, time);
        _runs = new GitHubClient(_connection).Actions.Workflows.Runs;
    }

    /// <inheritdoc/>
    public Task<WorkflowRunState?> FindAsync(string repository, long run, CancellationToken cancellationToken)
    {
        var (owner, name) = Split(repository);
        return GitHubErrors.TranslateAsync(_endpoint, "look at a workflow run", _time, GetAsync, cancellationToken);

        async Task<WorkflowRunState?> GetAsync()
        {
            try
            {
                var found = await _runs.Get(owner, name, run);
                return new WorkflowRunState(
                    found.Status.StringValue.Equals("completed", StringComparison.OrdinalIgnoreCase), found.Conclusion?.StringValue, (int)found.RunAttempt);
            }
            catch (NotFoundException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public Task<RerunReply> RerunJobAsync(string repository, long job, CancellationToken cancellationToken) =>
        RerunAsync(FormattableString.Invariant($"repos/{repository}/actions/jobs/{job}/rerun"), cancellationToken);

    /// <inheritdoc/>
    public Task<RerunReply> RerunFailedJobsAsync(string repository, long run, CancellationToken cancellationToken) =>
        RerunAsync(FormattableString.Invariant($"repos/{repository}/actions/runs/{run}/rerun-failed-jobs"), cancellationToken);

    private Task<RerunReply> RerunAsync(string route, CancellationToken cancellationToken)
    {
        return GitHubErrors.TranslateAsync(_endpoint, "run a job again", _time, PostAsync, cancellationToken);

        async Task<RerunReply> PostAsync()
        {
            try
            {
                await _connection.Post(new Uri(route, UriKind.Relative), cancellationToken);
                return new RerunReply(RerunReplyKind.Started, string.Empty);
            }
            catch (NotFoundException error)
            {
                return new RerunReply(RerunReplyKind.Refused, error.Message);
            }
            catch (ForbiddenException error) when (ReplyTo(error) is { } reply)
            {
                return reply;
            }
            catch (ForbiddenException error) when (error is not (RateLimitExceededException or SecondaryRateLimitExceededException or AbuseException))
            {
                throw new OperatorException(
                    $"GitHub does not let the agent run jobs of {_endpoint.Url} again ({error.Message}): the credentials of github.auth need the repository "
                    + "permission 'Actions: write' (classic token: scope repo)", error);
            }
        }
    }

    // Seen live: both are 403, and their words are all that tells them from a lack of rights.
    private static RerunReply? ReplyTo(ForbiddenException error) =>
        error.Message.Contains("already running", StringComparison.OrdinalIgnoreCase) ? new RerunReply(RerunReplyKind.NotYet, error.Message)
            : error.Message.Contains("retr", StringComparison.OrdinalIgnoreCase) ? new RerunReply(RerunReplyKind.Refused, error.Message)
            : null;

    private static (string Owner, string Name) Split(string repository) =>
        repository.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
            ? (owner, name)
            : throw new ArgumentException($"'{repository}' is no owner/name", nameof(repository));
}
