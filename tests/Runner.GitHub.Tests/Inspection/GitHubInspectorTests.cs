using Runner.GitHub.Inspection;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests.Inspection;

/// <summary>The shapes are those of GitHub's public REST documentation.</summary>
public sealed class GitHubInspectorTests : IDisposable
{
    private readonly GitHubServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Token_is_told_with_its_scopes_its_end_and_what_is_left_of_its_calls()
    {
        _server.Answers(
            "GET", "rate_limit", 200,
            new { resources = new { core = new { limit = 5000, used = 1, remaining = 4999, reset = 1691591363 } }, rate = new { limit = 5000, used = 1, remaining = 4999, reset = 1372700873 } },
            [("X-OAuth-Scopes", "admin:org, repo"), ("GitHub-Authentication-Token-Expiration", "2026-12-24 08:00:00 UTC")]);

        var view = await Inspector().AuthenticateAsync(Token);

        Assert.Equal((5000, 4999), (view.Limit, view.Remaining));
        Assert.Equal(["admin:org", "repo"], view.Scopes);
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 8, 0, 0, TimeSpan.Zero), view.Expires);
    }

    [Fact]
    public async Task Server_without_limits_takes_the_token_all_the_same()
    {
        _server.Answers("GET", "rate_limit", 404, new { message = "Rate limiting is not enabled." });

        var view = await Inspector().AuthenticateAsync(Token);

        Assert.Equal((null, null, null), (view.Limit, view.Scopes, view.Expires));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Server_that_has_no_REST_service_at_all_is_no_obstacle(int status)
    {
        _server.Answers("GET", "rate_limit", status);
        _server.Answers("POST", "orgs/acme/actions/runners/registration-token", status);

        Assert.Null((await Inspector().AuthenticateAsync(Token)).Limit);
        await Inspector().RequireRegistrationAsync(Token); // the token itself is taken for one
    }

    [Fact]
    public async Task Token_that_is_refused_is_the_operators_matter()
    {
        _server.Answers("GET", "rate_limit", 401, new { message = "Bad credentials" });

        await Assert.ThrowsAsync<OperatorException>(() => Inspector().AuthenticateAsync(Token));
    }

    [Theory]
    [InlineData("acme", "orgs/acme")]
    [InlineData("enterprises/big", "enterprises/big")]
    public async Task Groups_are_told_with_whom_they_let_in(string path, string route)
    {
        _server.Answers(
            "GET", $"{route}/actions/runner-groups", 200,
            new
            {
                total_count = 2,
                runner_groups = new object[]
                {
                    new { id = 1, name = "Default", visibility = "all", @default = true, allows_public_repositories = true, inherited = false, restricted_to_workflows = false },
                    new { id = 2, name = "gpu", visibility = "selected", @default = false, allows_public_repositories = false, inherited = true, restricted_to_workflows = false },
                },
            });

        var groups = await Inspector(path).FindGroupsAsync(Token);

        Assert.Equal(
            [("Default", true, true, "all"), ("gpu", false, false, "selected")],
            groups?.Select(group => (group.Name, group.IsDefault, group.AllowsPublicRepositories, group.Visibility ?? string.Empty)));
        Assert.Null(await Inspector(path).IsPublicAsync(Token));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Repository_is_told_with_who_sees_it(bool isPrivate, bool isPublic)
    {
        _server.Answers("GET", "repos/acme/site", 200, new { id = 1, name = "site", @private = isPrivate });

        Assert.Equal(isPublic, await Inspector("acme/site").IsPublicAsync(Token));
        Assert.Null(await Inspector("acme/site").FindGroupsAsync(Token));
    }

    [Fact]
    public async Task Right_to_register_is_tried()
    {
        _server.Answers("POST", "orgs/acme/actions/runners/registration-token", 201, new { token = "AABF3J", expires_at = "2026-03-01T12:00:00Z" });

        await Inspector().RequireRegistrationAsync(Token);

        Assert.Single(_server.Http.LogEntries);
    }

    private GitHubInspector Inspector(string path = "acme") => new(_server.Rest(path));
}
