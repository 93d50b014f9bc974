using System.Text;
using Microsoft.AspNetCore.Http;
using Runner.Agent.Configuration;
using Runner.Agent.Page;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.Page;

public sealed class PageAccessTests : IDisposable
{
    private const string Token = "correct-horse-battery";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("localhost:8081", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1:8081", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("[::1]:8081", true)]
    [InlineData("evil.test:8081", false)]
    [InlineData("127.0.0.1.evil.test", false)]
    [InlineData("localhost.evil.test", false)]
    [InlineData("192.0.2.1:8081", false)]
    [InlineData("", false)]
    public void Without_a_token_only_names_of_this_machine_are_answered(string host, bool isAnswered) =>
        Assert.Equal(isAnswered ? null : 403, new PageAccess(token: null).Refusal(new HostString(host), authorization: null));

    public static TheoryData<string?, bool> Authorizations => new()
    {
        { $"Bearer {Token}", true },
        { $"bearer {Token}", true },
        { $"Basic {Encode($"anybody:{Token}")}", true },
        { $"Basic {Encode($":{Token}")}", true },
        { null, false },
        { string.Empty, false },
        { $"Bearer {Token}x", false },
        { $"Bearer {Token[1..]}", false },
        { "Bearer", false },
        { $"Basic {Encode(Token)}", false },
        { $"Basic {Encode($"{Token}:anybody")}", false },
        { "Basic ???", false },
        { Token, false },
    };

    [Theory, MemberData(nameof(Authorizations))]
    public void With_a_token_whoever_gives_it_is_answered_under_any_name(string? authorization, bool isAnswered) =>
        Assert.Equal(isAnswered ? null : 401, new PageAccess(Token).Refusal(new HostString("runner.example"), authorization));

    [Fact]
    public void Token_is_read_from_a_file_or_a_variable()
    {
        File.WriteAllText(_folder["token"], Token + "\n");
        var environment = new Dictionary<string, string> { ["PAGE_TOKEN"] = Token };

        foreach (var options in (PageOptions[])[new() { TokenFile = _folder["token"] }, new() { TokenVariable = "PAGE_TOKEN" }])
        {
            Assert.Null(PageAccess.Of(options, environment).Refusal(new HostString("x"), $"Bearer {Token}"));
        }
    }

    [Theory]
    [InlineData("", "agent.page.tokenVariable: the token has 0 characters, expected at least 16, such as of: openssl rand -hex 32")]
    [InlineData("short", "agent.page.tokenVariable: the token has 5 characters, expected at least 16, such as of: openssl rand -hex 32")]
    [InlineData(null, "agent.page.tokenVariable: the environment has no variable 'PAGE_TOKEN'")]
    public void Token_that_can_be_guessed_is_refused(string? token, string message)
    {
        var environment = token is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["PAGE_TOKEN"] = token };

        var error = Assert.Throws<OperatorException>(() => PageAccess.Of(new PageOptions { TokenVariable = "PAGE_TOKEN" }, environment));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("127.0.0.1:8081", null)]
    [InlineData("[::1]:8081", null)]
    [InlineData("localhost:0", null)]
    [InlineData("0.0.0.0:8081", "agent.page.address is '0.0.0.0:8081', which other machines can reach: set agent.page.tokenFile or agent.page.tokenVariable, too")]
    [InlineData("[::]:8081", "agent.page.address is '[::]:8081', which other machines can reach: set agent.page.tokenFile or agent.page.tokenVariable, too")]
    [InlineData("127.0.0.1", "agent.page.address is '127.0.0.1', expected an address and a port such as 127.0.0.1:8081, or 0.0.0.0:8081 for all addresses")]
    [InlineData("::1", "agent.page.address is '::1', expected an address and a port such as 127.0.0.1:8081, or 0.0.0.0:8081 for all addresses")]
    [InlineData("runner.example:80", "agent.page.address is 'runner.example:80', expected an address and a port such as 127.0.0.1:8081, or 0.0.0.0:8081 for all addresses")]
    [InlineData("127.0.0.1:99999", "agent.page.address is '127.0.0.1:99999', expected an address and a port such as 127.0.0.1:8081, or 0.0.0.0:8081 for all addresses")]
    public void Address_is_this_machines_own_or_there_is_a_token(string address, string? problem)
    {
        var problems = new PageOptions { Address = address }.Validate().Select(found => $"{found.Path} {found.Problem}").ToList();

        Assert.Equal(problem is null ? [] : [problem], problems);
        Assert.Equal(problem?.Contains("expected", StringComparison.Ordinal) == true ? [problem] : [], new PageOptions { Address = address, TokenVariable = "X" }.Validate().Select(found => $"{found.Path} {found.Problem}"));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
