using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.Events;
using Runner.Cli.Git;
using Runner.Jobs.Data;
using Runner.Testing;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Cli.Tests.Events;

public sealed class EventPayloadTests
{
    private static readonly EventOrigin Origin = new()
    {
        Repository = "acme/app", DefaultBranch = "main", Ref = "refs/heads/topic", Sha = new string('a', 40), Subject = "Mend it", Actor = "octo",
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
        var github = GitHubValues.Of(name, EventPayload.Default(name, Origin), Origin);

        Assert.Equal(expected, github.FindText("ref"));
        Assert.Equal(sides, $"{github.FindText("base_ref")}/{github.FindText("head_ref")}");
        Assert.Equal((Origin.Sha, "octo", "acme/app"), (github.FindText("sha"), github.FindText("actor"), github.FindText("repository")));
    }

    [Theory, MemberData(nameof(Refs))]
    public void Members_of_github_have_the_types_that_GitHub_gives_them(string name, string gitRef, string sides)
    {
        _ = (gitRef, sides);
        var payload = EventPayload.Default(name, Origin);
        var workflow = WorkflowFile.Read(".github/workflows/ci.yml", $"on: {name}\njobs: {{j: {{runs-on: x, steps: [{{run: x}}]}}}}").Workflow;
        var planning = RunPlan.Create(workflow!, new RunRequest // it is valid
        {
            EventName = name,
            Event = ContextDataConverter.FromPlainJson(JsonSerializer.SerializeToElement(payload)),
            GitHub = GitHubValues.Of(name, payload, Origin),
        });

        var members = planning.Plan!.GitHub.Entries; // it can be planned
        Assert.Contains("ref_protected", members.Select(member => member.Key));
        Assert.All(members, member => Assert.Equal((member.Key, ContextTypes.OfGitHub(member.Key)), (member.Key, KindOf(member.Value))));
    }

    [Fact]
    public void Event_of_a_file_wins_over_what_is_checked_out()
    {
        var payload = JsonNode.Parse("""{"ref": "refs/tags/v2", "after": "bbb", "repository": {"full_name": "x/y", "default_branch": "dev"}, "sender": {"login": "her"}}""") as JsonObject;
        var origin = EventOriginReader.Read(new GitCheckout { Ref = "refs/heads/a", Sha = "ccc", User = "me" }, "/src/app", payload, new OriginFlags(null, null, "github.com"));

        var github = GitHubValues.Of("push", payload!, origin); // it is an object

        Assert.Equal(("refs/tags/v2", "bbb"), (github.FindText("ref"), github.FindText("sha")));
        Assert.Equal(("x/y", "her", "dev"), (github.FindText("repository"), github.FindText("actor"), origin.DefaultBranch));
    }

    [Theory]
    [InlineData("/src/app", "local/app")]
    [InlineData("/src/my äpp/", "local/my--pp")]
    public void Folder_without_a_remote_has_a_repository_of_its_name(string folder, string repository)
    {
        var origin = EventOriginReader.Read(new GitCheckout(), folder, payload: null, new OriginFlags(null, null, "github.com"));

        Assert.Equal((repository, "refs/heads/main", EventOrigin.NoCommit, "local"), (origin.Repository, origin.Ref, origin.Sha, origin.Actor));
    }

    private static string KindOf(ContextData value) => value switch
    {
        StringData => ContextTypes.Text,
        BooleanData => ContextTypes.Boolean,
        NumberData => ContextTypes.Number,
        _ => ContextTypes.Object,
    };
}
