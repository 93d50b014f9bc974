using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Reads jobs over GitHub's REST service (docs.github.com/rest/actions/workflow-jobs).</summary>
public sealed class WorkflowJobs : IWorkflowJobs
{
    private readonly GitHubEndpoint _endpoint;
    private readonly Connection _connection;
    private readonly TimeProvider _time;

    /// <summary>For the repositories of one endpoint.</summary>
    /// <param name="endpoint">Where the runners are registered.</param>
    /// <param name="credentials">As whom.</param>
    /// <param name="handlers">Gives the HTTP handler: proxy, certificates and pooling are its matter.</param>
    /// <param name="time">The clock of token renewal.</param>
    public WorkflowJobs(GitHubEndpoint endpoint, GitHubCredentials credentials, Func<HttpMessageHandler> handlers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(handlers);
        (_endpoint, _time) = (endpoint, time);
        _connection = GitHubConnection.Open(endpoint, credentials, handlers, time);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLabelsAsync(string repository, long number, CancellationToken cancellationToken) =>
        GitHubErrors.TranslateAsync(_endpoint, "read a job", _time, () => ReadAsync(repository, number, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<string>> ReadAsync(string repository, long number, CancellationToken cancellationToken)
    {
        try
        {
            var uri = new Uri(FormattableString.Invariant($"repos/{repository}/actions/jobs/{number}"), UriKind.Relative);
            return (await _connection.Get<WorkflowJobItem>(uri, parameters: null, accepts: null, cancellationToken)).Body.Labels;
        }
        catch (ApiException refusal) when (refusal is NotFoundException || refusal.GetType() == typeof(ForbiddenException)) // limits are of types derived from it
        {
            throw new OperatorException(
                $"GitHub does not show us the jobs of {repository} (HTTP {(int)refusal.StatusCode}): the credentials of github.auth need the repository permission 'Actions: read' (classic token: scope repo)",
                refusal);
        }
    }
}

// Octokit's serializer writes and reads properties in snake case and needs setters.
internal sealed class WorkflowJobItem
{
    public IReadOnlyList<string> Labels { get; set; } = [];
}
