using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.Events;
using Runner.Cli.Git;
using Runner.Jobs.Data;
using Runner.Testing;
using Runner.Workflows.Events;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Cli.Tests.Events;

public sealed class EventPayloadTests
{
    private static readonly EventOrigin Origin = new()
    {
        Repository = "acme/app", DefaultBranch = "main", Ref = "refs/heads/topic", Sha = new string('a', 40), Actor = "octo",
    };

    public static TheoryData<string, string, string> Refs => new()
    {
        // event                 ref                   base and head
        { "push",                "refs/heads/topic",   "/" },
        { "pull_request",        "refs/pull/1/merge",  "main/topic" },
        { "pull_request_target", "refs/heads/main",    "main/topic" },
        { "workflow_dispatch",   "refs/heads/topic",   "/" },
        { "schedule",            "refs/heads/topic",   "/" },
    };

    [Theory, MemberData(nameof(Refs))]
    public void Event_without_a_file_is_of_what_is_checked_out(string name, string expected, string sides)
    {
        var github = GitHubValues.Of(name, EventPayload.Of(name, Origin), Origin);

        Assert.Equal(expected, github.FindText("ref"));
        Assert.Equal(sides, $"{github.FindText("base_ref")}/{github.FindText("head_ref")}");
        Assert.Equal((Origin.Sha, "octo", "acme/app"), (github.FindText("sha"), github.FindText("actor"), github.FindText("repository")));
    }

    [Theory, MemberData(nameof(Refs))]
    public void Members_of_github_have_the_types_that_GitHub_gives_them(string name, string gitRef, string sides)
    {
        _ = (gitRef, sides);
        var payload = EventPayload.Of(name, Origin);
        var workflow = WorkflowFile.Read(".github/workflows/ci.yml", $"on: {name}\njobs: {{j: {{runs-on: x, steps: [{{run: x}}]}}}}").Workflow;
        var planning = RunPlan.Create(workflow!, new RunRequest // it is valid
        {
            EventName = name,
            Event = ContextDataConverter.FromPlainJson(JsonSerializer.SerializeToElement(payload)),
            GitHub = GitHubValues.Of(name, payload, Origin),
        });

        var members = planning.Plan!.GitHub.Entries; // it can be planned
        Assert.Contains("ref_protected", members.Select(member => member.Key));
        Assert.Equal("90", Assert.IsType<StringData>(members.First(member => member.Key == "retention_days").Value).Value); // for which our own server keeps artifacts, too
        Assert.All(members, member => Assert.Equal((member.Key, ContextTypes.OfGitHub(member.Key)), (member.Key, KindOf(member.Value))));
    }

    [Fact]
    public void Event_of_a_file_wins_over_what_is_checked_out()
    {
        var payload = JsonNode.Parse("""{"ref": "refs/tags/v2", "after": "bbb", "repository": {"full_name": "x/y", "default_branch": "dev"}, "sender": {"login": "her"}}""") as JsonObject;
        var origin = EventOriginReader.Read(new GitCheckout { Ref = "refs/heads/a", Sha = "ccc", User = "me" }, "/src/app", payload, new OriginFlags(null, null, "github.com"), GivenContext.Nothing, default);

        var github = GitHubValues.Of("push", payload!, origin); // it is an object

        Assert.Equal(("refs/tags/v2", "bbb"), (github.FindText("ref"), github.FindText("sha")));
        Assert.Equal(("x/y", "her", "dev"), (github.FindText("repository"), github.FindText("actor"), origin.DefaultBranch));
    }

    [Theory]
    [InlineData("/src/app", "local/app")]
    [InlineData("/src/my äpp/", "local/my--pp")]
    public void Folder_without_a_remote_has_a_repository_of_its_name(string folder, string repository)
    {
        var origin = EventOriginReader.Read(new GitCheckout(), folder, payload: null, new OriginFlags(null, null, "github.com"), GivenContext.Nothing, default);

        Assert.Equal((repository, "refs/heads/main", EventOrigin.NoCommit, "local"), (origin.Repository, origin.Ref, origin.Sha, origin.Actor));
    }

    [Fact]
    public void What_env_says_of_the_context_wins_and_is_no_variable_any_more()
    {
        var given = GivenContext.Of(
        [
            KeyValuePair.Create("GITHUB_REF", "refs/tags/v1"), KeyValuePair.Create("GITHUB_RUN_NUMBER", "7"), KeyValuePair.Create("SHA_REF", "abc"),
            KeyValuePair.Create("GITHUB_WORKSPACE", "/elsewhere"), KeyValuePair.Create("GITHUB_TOKEN", "t"), KeyValuePair.Create("MINE", "m"),
        ]);
        var origin = EventOriginReader.Read(new GitCheckout { Ref = "refs/heads/a", Sha = "ccc" }, "/src/app", payload: null, new OriginFlags(null, null, "github.com"), given, default);

        var payload = EventPayload.Of("push", origin);
        var github = given.Over(GitHubValues.Of("push", payload, origin));

        Assert.Equal(("refs/tags/v1", "7", "abc"), (github.FindText("ref"), github.FindText("run_number"), github.FindText("sha")));
        Assert.Equal(("refs/tags/v1", "abc"), ((string?)payload["ref"], (string?)payload["after"]));
        Assert.Equal(["GITHUB_TOKEN", "MINE"], given.Environment.Select(variable => variable.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["GITHUB_WORKSPACE"], given.Useless);
    }

    private static string KindOf(ContextData value) => value switch
    {
        StringData => ContextTypes.Text,
        BooleanData => ContextTypes.Boolean,
        NumberData => ContextTypes.Number,
        _ => ContextTypes.Object,
    };
}
