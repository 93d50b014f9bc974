using System.Globalization;
using Runner.GitHub.Runs;
using Runner.Jobs.Errors;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace Runner.GitHub.Tests.Runs;

/// <summary>Shapes as in GitHub's documentation of workflow runs and jobs.</summary>
public sealed class QueuedJobsTests : IDisposable
{
    private readonly GitHubServer _server = new();
    private int _calls;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Jobs_that_wait_are_found_in_runs_that_are_queued_and_in_progress()
    {
        Runs("queued", page: 1, total: 1, (7, "queued"));
        Runs("in_progress", page: 1, total: 1, (8, "in_progress"));
        Jobs(7, page: 1, total: 2, ("queued", ["self-hosted", "linux"]), ("waiting", ["self-hosted"]));
        Jobs(8, page: 1, total: 3, ("in_progress", ["self-hosted"]), ("queued", ["gpu"]), ("completed", ["gpu"]));

        var found = await Queue().ListAsync("acme/app", () => _calls++, Token);

        Assert.Equal(["self-hosted,linux", "gpu"], found.Labels.Select(labels => string.Join(',', labels)));
        Assert.Equal(["runner of self-hosted"], found.Runners);
        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task All_pages_are_read()
    {
        Runs("queued", page: 1, total: 3, (7, "queued"), (8, "queued"));
        Runs("queued", page: 2, total: 3, (9, "queued"));
        Runs("in_progress", page: 1, total: 0);
        Jobs(7, page: 1, total: 2, ("queued", ["a"]));
        Jobs(7, page: 2, total: 2, ("queued", ["b"]));
        Jobs(8, page: 1, total: 1, ("queued", ["c"]));
        Jobs(9, page: 1, total: 1, ("queued", ["d"]));

        var found = await Queue().ListAsync("acme/app", () => _calls++, Token);

        Assert.Equal("abcd", string.Concat(found.Labels.Select(labels => labels[0])));
        Assert.Equal(7, _calls);
    }

    [Fact]
    public async Task Run_that_is_in_both_lists_as_it_moved_on_meanwhile_counts_once()
    {
        Runs("queued", page: 1, total: 1, (7, "queued"));
        Runs("in_progress", page: 1, total: 2, (7, "in_progress"), (6, "completed"));
        Jobs(7, page: 1, total: 1, ("queued", ["a"]));

        Assert.Single((await Queue().ListAsync("acme/app", () => _calls++, Token)).Labels);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Refusal_names_the_right_that_is_missing(int status)
    {
        _server.Answers("GET", "repos/acme/app/actions/runs", status, new { message = "no" });

        var error = await Assert.ThrowsAsync<OperatorException>(() => Queue().ListAsync("acme/app", () => _calls++, Token));

        Assert.Equal(
            $"GitHub does not show us the runs of acme/app (HTTP {status}): the credentials of github.auth need the repository permission 'Actions: read' (classic token: scope repo)", error.Message);
    }

    [Fact]
    public async Task Server_that_fails_is_infrastructure()
    {
        _server.Answers("GET", "repos/acme/app/actions/runs", 502);

        await Assert.ThrowsAsync<InfrastructureException>(() => Queue().ListAsync("acme/app", () => _calls++, Token));
    }

    private QueuedJobs Queue() => new(_server.Rest());

    private void Runs(string status, int page, int total, params (long Id, string Status)[] runs) => Page(
        "repos/acme/app/actions/runs", page, "status", status,
        new { total_count = total, workflow_runs = runs.Select(run => new { id = run.Id, status = run.Status }) });

    private void Jobs(long run, int page, int total, params (string Status, string[] Labels)[] jobs) => Page(
        $"repos/acme/app/actions/runs/{run}/jobs", page, "filter", "latest",
        new { total_count = total, jobs = jobs.Select(job => new { status = job.Status, labels = job.Labels, runner_name = job.Status == "queued" ? null : $"runner of {job.Labels[0]}" }) });

    private void Page(string path, int page, string key, string value, object body) => _server.Http
        .Given(Request.Create().WithPath($"/api/v3/{path}").UsingGet()
            .WithParam(key, value).WithParam("page", page.ToString(CultureInfo.InvariantCulture)).WithParam("per_page", "100"))
        .RespondWith(Response.Create().WithStatusCode(200).WithHeader("Content-Type", "application/json").WithBodyAsJson(body));
}
