using Octokit;
using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Runs;

/// <summary>Finds jobs that wait for a runner or have one (docs.github.com/rest/actions/workflow-runs and workflow-jobs): of each run that is not over, its jobs.</summary>
/// <remarks>GitHub lists no jobs but by their run. A run in progress may have jobs that wait, so it takes a call for each of them, too.</remarks>
/// <param name="rest">GitHub's REST service.</param>
public sealed class QueuedJobs(GitHubRest rest) : IQueuedJobs
{
    private const int PageSize = 100;

    // GitHub shows no more than 1000 runs of a search.
    private const int MaxPages = 10;

    private static readonly string[] States = ["queued", "in_progress"];

    /// <inheritdoc/>
    public async Task<QueuedJobList> ListAsync(string repository, Action called, CancellationToken cancellationToken)
    {
        var (runs, labels, runners) = (new HashSet<long>(), new List<IReadOnlyList<string>>(), new List<string>());
        foreach (var state in States)
        {
            for (var (page, seen, isMore) = (1, 0, true); isMore && page <= MaxPages; page++)
            {
                called();
                var answer = await GetAsync<RunPage>(repository, $"repos/{repository}/actions/runs?status={state}&per_page={PageSize}&page={page}", cancellationToken);
                seen += answer.WorkflowRuns.Count;
                isMore = answer.WorkflowRuns.Count > 0 && seen < answer.TotalCount;
                runs.UnionWith(answer.WorkflowRuns.Where(run => States.Contains(run.Status)).Select(run => run.Id)); // a run may move on meanwhile
            }
        }

        foreach (var run in runs)
        {
            for (var (page, seen, isMore) = (1, 0, true); isMore; page++)
            {
                called();
                var answer = await GetAsync<JobPage>(
                    repository, FormattableString.Invariant($"repos/{repository}/actions/runs/{run}/jobs?filter=latest&per_page={PageSize}&page={page}"), cancellationToken);
                seen += answer.Jobs.Count;
                isMore = answer.Jobs.Count > 0 && seen < answer.TotalCount;
                labels.AddRange(answer.Jobs.Where(job => job.Status == "queued").Select(job => job.Labels));
                runners.AddRange(answer.Jobs.Where(job => job.Status == "in_progress").Select(job => job.RunnerName).OfType<string>());
            }
        }

        return new QueuedJobList(labels, runners);
    }

    private Task<T> GetAsync<T>(string repository, string route, CancellationToken cancellationToken) =>
        GitHubErrors.TranslateAsync(rest, "list queued jobs", () => ReadAsync<T>(repository, route, cancellationToken), cancellationToken);

    private async Task<T> ReadAsync<T>(string repository, string route, CancellationToken cancellationToken)
    {
        try
        {
            return (await rest.Connection.Get<T>(new Uri(route, UriKind.Relative), parameters: null, accepts: null, cancellationToken)).Body;
        }
        catch (ApiException refusal) when (refusal is NotFoundException || refusal.GetType() == typeof(ForbiddenException)) // limits are of types derived from it
        {
            throw new OperatorException(
                $"GitHub does not show us the runs of {repository} (HTTP {(int)refusal.StatusCode}): the credentials of github.auth need the repository permission 'Actions: read' (classic token: scope repo)",
                refusal);
        }
    }
}

// Octokit's serializer writes and reads properties in snake case and needs setters.
internal sealed class RunPage
{
    public int TotalCount { get; set; }

    public IReadOnlyList<RunItem> WorkflowRuns { get; set; } = [];
}

internal sealed class RunItem
{
    public long Id { get; set; }

    public string Status { get; set; } = string.Empty;
}

internal sealed class JobPage
{
    public int TotalCount { get; set; }

    public IReadOnlyList<QueuedJobItem> Jobs { get; set; } = [];
}

internal sealed class QueuedJobItem
{
    public string Status { get; set; } = string.Empty;

    public string? RunnerName { get; set; }

    public IReadOnlyList<string> Labels { get; set; } = [];
}
