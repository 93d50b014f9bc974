using Runner.Jobs.Errors;

namespace Runner.GitHub.Tests;

public sealed class GitHubEndpointTests
{
    public static TheoryData<string, string, bool, GitHubScope, string> Addresses => new()
    {
        // address                                  REST base                        hosted  scope                     route
        { "https://github.com/acme",                "https://api.github.com/",       true,   GitHubScope.Organization, "orgs/acme" },
        { "https://www.github.com/acme/",           "https://api.github.com/",       true,   GitHubScope.Organization, "orgs/acme" },
        { "https://github.com/acme/site",           "https://api.github.com/",       true,   GitHubScope.Repository,   "repos/acme/site" },
        { "https://github.com/enterprises/big",     "https://api.github.com/",       true,   GitHubScope.Enterprise,   "enterprises/big" },
        { "https://acme.ghe.com/team",              "https://api.acme.ghe.com/",     true,   GitHubScope.Organization, "orgs/team" },
        { "http://github.localhost:8080/acme",      "http://api.github.localhost:8080/", true, GitHubScope.Organization, "orgs/acme" },
        { "https://ghes.acme.example/acme/site",    "https://ghes.acme.example/api/v3/", false, GitHubScope.Repository, "repos/acme/site" },
        { "https://ghes.acme.example:8443/acme",    "https://ghes.acme.example:8443/api/v3/", false, GitHubScope.Organization, "orgs/acme" },
        { "http://127.0.0.1:4711/acme",             "http://127.0.0.1:4711/api/v3/", false,  GitHubScope.Organization, "orgs/acme" },
    };

    [Theory, MemberData(nameof(Addresses))]
    public void Address_tells_the_rest_service_and_the_scope(string url, string api, bool hosted, GitHubScope scope, string entity)
    {
        var endpoint = GitHubEndpoint.Parse(url, allowInsecureHttp: url.Contains("localhost:8080", StringComparison.Ordinal));

        Assert.Equal(api, endpoint.ApiBase.AbsoluteUri);
        Assert.Equal(hosted, endpoint.IsHosted);
        Assert.Equal(scope, endpoint.Scope);
        Assert.Equal(entity, endpoint.Entity);
    }

    [Theory]
    [InlineData("github.com/acme", "expected the web address of an organisation")]
    [InlineData("https://github.com", "with 0 path segments")]
    [InlineData("https://github.com/a/b/c", "with 3 path segments")]
    [InlineData("https://token@github.com/acme", "github.auth.tokenFile")]
    [InlineData("http://ghes.acme.example/acme", "github.allowInsecureHttp")]
    public void Other_addresses_are_refused_with_the_fix(string url, string expected)
    {
        var error = Assert.Throws<OperatorException>(() => GitHubEndpoint.Parse(url, allowInsecureHttp: false));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token@", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_http_is_allowed_where_the_operator_says_so() =>
        Assert.Equal("http://ghes.acme.example/acme", GitHubEndpoint.Parse("http://ghes.acme.example/acme", allowInsecureHttp: true).Url.AbsoluteUri);
}
