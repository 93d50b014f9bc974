using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Looks at workflow runs and runs them again, over Octokit.</summary>
/// <param name="rest">GitHub's REST service.</param>
public sealed class WorkflowRuns(GitHubRest rest) : IWorkflowRuns
{
    private readonly IActionsWorkflowRunsClient _runs = new GitHubClient(rest.Connection).Actions.Workflows.Runs;

    /// <inheritdoc/>
    public Task<WorkflowRunState?> FindAsync(string repository, long run, CancellationToken cancellationToken)
    {
        var (owner, name) = Split(repository);
        return GitHubErrors.TranslateAsync(rest, "look at a workflow run", GetAsync, cancellationToken);

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
        return GitHubErrors.TranslateAsync(rest, "run a job again", PostAsync, cancellationToken);

        async Task<RerunReply> PostAsync()
        {
            try
            {
                await rest.Connection.Post(new Uri(route, UriKind.Relative), cancellationToken);
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
                    $"GitHub does not let the agent run jobs of {rest.Endpoint.Url} again ({error.Message}): the credentials of github.auth need the repository "
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
