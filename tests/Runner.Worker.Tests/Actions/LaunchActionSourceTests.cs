using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Testing;
using Runner.Worker.Actions;
using Runner.Worker.Hosting;

namespace Runner.Worker.Tests.Actions;

public sealed class LaunchActionSourceTests : IActionFeedback, IDisposable
{
    private const string JobToken = "ghs_of-the-job";

    private static readonly RepositoryAction Checkout = new("actions/checkout", "v4", null);
    private static readonly RepositoryAction Tools = new("acme/tools", "main", "lint");

    private readonly TempFolder _folder = new();
    private readonly List<string> _warnings = [];
    private readonly List<string> _masked = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    void IActionFeedback.Warn(string message) => _warnings.Add(message);

    void IActionFeedback.Mask(string secret) => _masked.Add(secret);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Commits_come_in_the_order_asked_for_each_with_its_own_token_or_that_of_the_job()
    {
        using var site = new Site((200, """
            {"actions":{
              "acme/tools@main":{"name":"acme/tools","resolved_name":"acme/renamed","version":"main","resolved_sha":"77","tar_url":"https://codeload.example/tar"},
              "actions/checkout@v4":{"name":"actions/checkout","version":"v4","resolved_sha":"0123","tar_url":"no address",
                "authentication":{"token":"ghs_own"},"package_details":{"version":"4.2.1","manifest_digest":"sha256:ab"}}}}
            """));

        var resolved = await Source(site, Job() with { Dependencies = ["acme/locked@v1"] }).ResolveAsync([Checkout, Tools], this, Token);

        Assert.Equal([(Checkout, "actions/checkout", "0123"), (Tools, "acme/renamed", "77")], resolved.Select(action => (action.Action, action.ResolvedName, action.Sha)));
        Assert.Equal(["ghs_own", JobToken], resolved.Select(action => action.Token?.Reveal()));
        Assert.Equal([null, new Uri("https://codeload.example/tar")], resolved.Select(action => action.Archive));
        Assert.Equal([new ActionPackage("4.2.1", "sha256:ab"), null], resolved.Select(action => action.Package));
        Assert.Equal(["ghs_own", JobToken], _masked);
        Assert.Equal(
            """{"actions":[{"action":"actions/checkout","version":"v4"},{"action":"acme/tools","version":"main","path":"lint"}],"actions_dependencies":["acme/locked@v1"]}""",
            site.Requests.Single().Body);
    }

    [Fact(Timeout = 60_000)]
    public async Task Service_that_fails_is_asked_three_times_and_each_failure_is_warned_of()
    {
        using var site = new Site((500, ""), (200, """{"actions":{"actions/checkout@v4":{"resolved_sha":""}}}"""), (200, """{"actions":{}}"""));

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => Source(site, Job()).ResolveAsync([Checkout], this, Token));

        Assert.Equal("GitHub gave no commit for 'actions/checkout@v4'", error.Message);
        Assert.Equal(3, site.Requests.Count);
        Assert.Equal(3, _warnings.Count);
        Assert.All(_warnings, warning => Assert.StartsWith("Failed to resolve action download info. Error: ", warning, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_that_does_not_exist_is_the_workflows_mistake_and_not_asked_for_again()
    {
        using var site = new Site((422, """{"errors":{"actions/checkout@v4":{"message":"Unable to resolve action"}}}"""));

        var error = await Assert.ThrowsAsync<WorkflowException>(() => Source(site, Job()).ResolveAsync([Checkout], this, Token));

        Assert.EndsWith("Unable to resolve action", error.Message, StringComparison.Ordinal);
        Assert.Single(site.Requests);
        Assert.Empty(_warnings);
    }

    [Fact(Timeout = 60_000)]
    public async Task Service_that_has_had_enough_is_not_asked_again()
    {
        using var site = new Site((429, ""));

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => Source(site, Job()).ResolveAsync([Checkout], this, Token));

        Assert.StartsWith("Failed to resolve action download info. Error: ", error.Message, StringComparison.Ordinal);
        Assert.Single(site.Requests);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("https://codeload.example/tar", null, "true", null)]
    [InlineData("https://api.example/tar", "ghs_own", "true", "Basic")]
    [InlineData("https://codeload.example/tar", "ghs_own", "true", "Bearer")]
    [InlineData("https://ghes.example/_codeload/tar", "ghs_own", "true", "Bearer")]
    [InlineData("https://codeload.example/tar", "ghs_own", "false", "Basic")]
    public async Task Archive_is_asked_for_with_the_token_in_the_form_that_its_place_takes(string address, string? token, string isOn, string? scheme)
    {
        using var site = new Site((200, "archive"));
        var job = Job() with { Variables = new Dictionary<string, VariableValue> { ["actions_use_bearer_token_for_codeload"] = new() { Value = isOn } } };

        await Source(site, job).FetchAsync(Resolved(new Uri(address), token), _folder["a"], this, Token);

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:ghs_own"));
        Assert.Equal("archive", await File.ReadAllTextAsync(_folder["a"], Token));
        Assert.Equal(
            scheme switch { null => null, "Basic" => $"Basic {basic}", _ => $"{scheme} ghs_own" },
            site.Requests.Single().Authorization);
        Assert.Equal(scheme == "Basic" ? [basic] : [], _masked);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(404, "The action 'actions/checkout@v4' cannot be downloaded: it was not found (")]
    [InlineData(403, "The action 'actions/checkout@v4' cannot be downloaded: access is denied (")]
    public async Task Archive_that_there_is_not_for_this_job_is_the_workflows_mistake(int status, string start)
    {
        using var site = new Site((status, ""));

        var error = await Assert.ThrowsAsync<WorkflowException>(() => Source(site, Job()).FetchAsync(Resolved(Site.Address, "t"), _folder["a"], this, Token));

        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.Single(site.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task Archive_that_comes_at_the_second_try_is_whole_and_its_address_is_told_without_the_signature()
    {
        using var site = new Site((503, ""), (200, "archive"));

        await Source(site, Job()).FetchAsync(Resolved(new Uri(Site.Address, "?sig=s3cret"), null), _folder["a"], this, Token);

        Assert.Equal("archive", await File.ReadAllTextAsync(_folder["a"], Token));
        Assert.StartsWith($"Failed to download action '{Site.Address}'. Error: ", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _warnings[0], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Commit_without_an_address_cannot_be_fetched()
    {
        using var site = new Site((200, ""));

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => Source(site, Job()).FetchAsync(Resolved(null, null), _folder["a"], this, Token));

        Assert.Equal("GitHub gave no address for the archive of 'actions/checkout@v4'", error.Message);
        Assert.Empty(site.Requests);
    }

    private static JobMessage Job() =>
        Some.Job() with { Variables = new Dictionary<string, VariableValue> { [JobVariables.GitHubToken] = new() { Value = JobToken, IsSecret = true } } };

    private static ResolvedAction Resolved(Uri? archive, string? token) => new()
    {
        Action = Checkout, ResolvedName = Checkout.Name, Sha = "0123", Archive = archive, Token = token is null ? null : new Secret(token),
    };

    private LaunchActionSource Source(Site site, JobMessage job) => LaunchActionSource.Create(
        new HttpClient(site, disposeHandler: false),
        Site.Address,
        new Secret("job-token"),
        job,
        new WorkerHost
        {
            Environment = new Dictionary<string, string> { ["_GITHUB_ACTION_DOWNLOAD_NO_BACKOFF"] = "1" },
            Folder = _folder.FullPath,
            Started = TimeProvider.System.GetUtcNow(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        });

    /// <summary>Every address of the world: answers in turn, the last one from then on.</summary>
    private sealed class Site(params (int Status, string Body)[] answers) : HttpMessageHandler
    {
        public static Uri Address { get; } = new("https://launch.example/");

        public List<(string? Authorization, string Body)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, body) = answers[Math.Min(Requests.Count, answers.Length - 1)];
            Requests.Add((request.Headers.Authorization?.ToString(), request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body), RequestMessage = request };
        }
    }
}
