using Runner.GitHub.Runs;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Runs;

/// <summary>Shapes and refusals as in GitHub's documentation of workflow runs, and as they were seen live.</summary>
public sealed class WorkflowRunsTests : IDisposable
{
    private readonly GitHubServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("completed", "failure", true)]
    [InlineData("in_progress", null, false)]
    [InlineData("waiting", null, false)]
    [InlineData("a state of tomorrow", null, false)]
    public async Task Run_is_read_with_its_attempt(string status, string? conclusion, bool isCompleted)
    {
        _server.Answers("GET", "repos/acme/app/actions/runs/7", 200, new { id = 7, run_attempt = 2, status, conclusion });

        Assert.Equal(new WorkflowRunState(isCompleted, conclusion, 2), await Runs().FindAsync("acme/app", 7, Token));
    }

    [Fact]
    public async Task Run_that_is_unknown_is_none()
    {
        _server.Answers("GET", "repos/acme/app/actions/runs/7", 404, new { message = "Not Found" });

        Assert.Null(await Runs().FindAsync("acme/app", 7, Token));
    }

    [Theory]
    [InlineData(201, "", RerunReplyKind.Started)]
    [InlineData(403, "This workflow is already running", RerunReplyKind.NotYet)]
    [InlineData(403, "This workflow run cannot be retried", RerunReplyKind.Refused)]
    [InlineData(403, "Unable to retry this workflow run because it was created over a month ago", RerunReplyKind.Refused)]
    [InlineData(404, "Not Found", RerunReplyKind.Refused)]
    public async Task Answers_to_a_rerun_are_told_apart_by_their_words(int status, string message, RerunReplyKind expected)
    {
        _server.Answers("POST", "repos/acme/app/actions/jobs/70/rerun", status, new { message });
        _server.Answers("POST", "repos/acme/app/actions/runs/7/rerun-failed-jobs", status, new { message });

        Assert.Equal(expected, (await Runs().RerunJobAsync("acme/app", 70, Token)).Kind);
        Assert.Equal(expected, (await Runs().RerunFailedJobsAsync("acme/app", 7, Token)).Kind);
    }

    [Fact]
    public async Task Lack_of_rights_names_the_permission()
    {
        _server.Answers("POST", "repos/acme/app/actions/jobs/70/rerun", 403, new { message = "Resource not accessible by integration" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => Runs().RerunJobAsync("acme/app", 70, Token));

        Assert.Contains("'Actions: write'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_of_calls_passes()
    {
        _server.Answers("POST", "repos/acme/app/actions/jobs/70/rerun", 403, new { message = "You have exceeded a secondary rate limit" });

        await Assert.ThrowsAsync<InfrastructureException>(() => Runs().RerunJobAsync("acme/app", 70, Token));
    }

    private WorkflowRuns Runs() => new(_server.Rest());
}
