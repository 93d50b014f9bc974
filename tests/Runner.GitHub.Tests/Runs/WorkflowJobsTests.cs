using Runner.GitHub.Runs;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Runs;

public sealed class WorkflowJobsTests : IDisposable
{
    private const string Path = "repos/acme/site/actions/jobs/77";

    private readonly GitHubServer _server = new();

    public void Dispose() => _server.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The shape of docs.github.com/rest/actions/workflow-jobs, "Get a job for a workflow run".
    [Fact]
    public async Task Labels_are_those_of_the_job()
    {
        _server.Answers("GET", Path, 200, new { id = 77, run_id = 5, name = "build", status = "in_progress", labels = new[] { "self-hosted", "cpu=4" }, runner_name = "r" });

        Assert.Equal(["self-hosted", "cpu=4"], await new WorkflowJobs(_server.Rest()).FindLabelsAsync("acme/site", 77, Token));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Refusal_names_the_right_that_is_missing(int status)
    {
        _server.Answers("GET", Path, status, new { message = "no" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => new WorkflowJobs(_server.Rest()).FindLabelsAsync("acme/site", 77, Token));

        Assert.Equal(
            $"GitHub does not show us the jobs of acme/site (HTTP {status}): the credentials of github.auth need the repository permission 'Actions: read' (classic token: scope repo)", error.Message);
    }

    [Fact]
    public async Task Secondary_limit_is_no_lack_of_rights()
    {
        _server.Answers("GET", Path, 403, new { message = "You have triggered an abuse detection mechanism" }, "Retry-After: 17");

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => new WorkflowJobs(_server.Rest()).FindLabelsAsync("acme/site", 77, Token));

        Assert.Equal(TimeSpan.FromSeconds(17), error.RetryAfter);
    }

    [Fact]
    public async Task Server_that_fails_is_infrastructure()
    {
        _server.Answers("GET", Path, 503, new { message = "no" });

        await Assert.ThrowsAsync<InfrastructureException>(() => new WorkflowJobs(_server.Rest()).FindLabelsAsync("acme/site", 77, Token));
    }
}
