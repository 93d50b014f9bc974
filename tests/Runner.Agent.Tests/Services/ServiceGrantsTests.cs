using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Runner.Agent.Configuration;
using Runner.Agent.Services;
using Runner.Jobs.Callers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Agent.Tests.Services;

public sealed class ServiceGrantsTests : IDisposable
{
    // As GitHub writes them: scopes of the token's own service beside those of artifacts, caches as JSON in a text.
    private const string Claims = """
        {"scp":"Actions.GenericRead:00000000-0000-0000-0000-000000000000 Actions.Results:run-7:job-8","orch_id":"o","exp":1780003600,
        "ac":"[{\"Scope\":\"refs/heads/topic\",\"Permission\":3},{\"Scope\":\"refs/heads/main\",\"Permission\":1}]"}
        """;

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1780000000));

    public ServiceGrantsTests() => File.WriteAllBytes(KeyFile, RandomNumberGenerator.GetBytes(32));

    private string KeyFile => _folder["key"];

    [Fact]
    public void Token_says_what_GitHubs_own_says_for_the_jobs_repository()
    {
        var caller = Read(Token(Job(Claims)));

        Assert.Equal(("run-7", "job-8", "acme/site"), (caller?.Run, caller?.Job, caller?.Repository));
        Assert.Equal([new CacheScope("refs/heads/topic", CanWrite: true), new CacheScope("refs/heads/main", CanWrite: false)], caller?.Scopes);
    }

    [Fact]
    public void Token_ends_some_minutes_after_GitHubs()
    {
        var token = Token(Job(Claims));

        _time.Advance(TimeSpan.FromMinutes(69));
        Assert.NotNull(Read(token));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(Read(token));
    }

    [Theory]
    [InlineData("read",       "refs/heads/topic r, refs/heads/main r")]
    [InlineData("write-only", "refs/heads/topic w")]
    [InlineData("none",       "")]
    [InlineData("write",      "refs/heads/topic rw, refs/heads/main r")]
    public void Cache_mode_of_the_job_bounds_it(string mode, string expected)
    {
        var job = Job(Claims) with { Variables = new Dictionary<string, VariableValue> { [JobVariables.CacheMode] = new() { Value = mode } } };

        var scopes = Read(Token(job))!.Scopes;

        Assert.Equal(expected, string.Join(", ", scopes.Select(scope => $"{scope.Ref} {(scope.CanRead ? "r" : "")}{(scope.CanWrite ? "w" : "")}")));
    }

    [Theory]
    [InlineData("""{"scp":"Actions.Results:run-7:job-8","exp":1780003600}""", true)] // no scopes of caches: artifacts alone
    [InlineData("""{"scp":"Actions.Results:run-7:job-8","exp":1780003600,"ac":"[{\"Scope\":1,\"Permission\":\"all\"}]"}""", true)]
    [InlineData("""{"scp":"Actions.Results:run-7:job-8","exp":1780003600,"ac":"{"}""", true)]
    [InlineData("""{"scp":"Actions.Results:run-7:job-8"}""", false)]
    [InlineData("""{"scp":"something","exp":1780003600}""", false)]
    [InlineData("""{"exp":"soon","scp":{}}""", false)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    public void Token_of_another_form_gives_no_more_than_it_says(string claims, bool isSomebody)
    {
        var token = new ServiceGrants(Options(), _time).Of(Job(claims));

        Assert.Equal(isSomebody, token is not null);
        Assert.True(token is null || Read(token.Value.Reveal())!.Scopes.IsEmpty);
    }

    [Fact]
    public void Without_a_key_jobs_keep_GitHubs_token()
    {
        Assert.Null(new ServiceGrants(new ServicesOptions { CacheUrl = "http://cache/" }, _time).Of(Job(Claims)));
        Assert.Null(ServiceGrants.None.Of(Job(Claims)));
    }

    [Fact]
    public void Key_that_cannot_be_read_any_more_is_the_operators_matter()
    {
        File.Delete(KeyFile);

        Assert.Contains("cannot be read", Assert.Throws<OperatorException>(() => Token(Job(Claims))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_the_settings_are_told_by_name()
    {
        File.WriteAllText(_folder["short"], "short");

        Assert.Equal(
            [
                ("services.keyFile", $"'{_folder["short"]}' has 5 bytes, expected a key of 32 to 4096: openssl rand -out FILE 32 makes one"),
                ("services.keyFile", "is set, and neither resultsUrl nor cacheUrl: it is the key of the servers that they name"),
            ],
            new ServicesOptions { KeyFile = _folder["short"] }.Validate());
        Assert.Empty(Options().Validate());
    }

    public void Dispose() => _folder.Dispose();

    private ServicesOptions Options() => new() { CacheUrl = "http://runner-services.ci.svc:8090/", KeyFile = KeyFile };

    private string Token(JobMessage job) => new ServiceGrants(Options(), _time).Of(job)!.Value.Reveal();

    private ServiceCaller? Read(string token) => new RuntimeTokens(ServiceKey.ReadFor(ServiceKey.Tokens, KeyFile), _time).Read(token);

    private static JobMessage Job(string claims) => Some.Job() with
    {
        ContextData = new Dictionary<string, ContextData>
        {
            ["github"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("repository", new StringData("acme/site"))]),
        },
        Resources = new JobResources
        {
            Endpoints =
            [
                new ServiceEndpoint
                {
                    Name = "SystemVssConnection",
                    Authorization = new EndpointAuthorization
                    {
                        Scheme = "OAuth",
                        Parameters = new Dictionary<string, string?> { ["AccessToken"] = $"h.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.s" },
                    },
                },
            ],
        },
    };
}
