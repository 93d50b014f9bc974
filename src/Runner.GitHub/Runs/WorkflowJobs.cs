using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Reads jobs over GitHub's REST service (docs.github.com/rest/actions/workflow-jobs).</summary>
/// <param name="rest">GitHub's REST service.</param>
public sealed class WorkflowJobs(GitHubRest rest) : IWorkflowJobs
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLabelsAsync(string repository, long number, CancellationToken cancellationToken) =>
        GitHubErrors.TranslateAsync(rest, "read a job", () => ReadAsync(repository, number, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<string>> ReadAsync(string repository, long number, CancellationToken cancellationToken)
    {
        try
        {
            var uri = new Uri(FormattableString.Invariant($"repos/{repository}/actions/jobs/{number}"), UriKind.Relative);
            return (await rest.Connection.Get<WorkflowJobItem>(uri, parameters: null, accepts: null, cancellationToken)).Body.Labels;
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
