using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Testing;
using Runner.Workflows.Events;
using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Events;

/// <summary>Payloads that nobody gave are what GitHub sends, by its own schemas.</summary>
public sealed class EventPayloadTests
{
    private const string Schemas = "@octokit/webhooks-schemas";

    // Events that GitHub's schemas know by another name, as it sends the same payload for them.
    private static readonly Dictionary<string, string> SameAs = new(StringComparer.Ordinal)
    {
        ["pull_request_target"] = "pull_request", ["pull_request_comment"] = "issue_comment",
    };

    // A schedule is no webhook; what an image's version brings has no schema.
    private static readonly string[] WithoutSchema = ["schedule", "image_version", "workflow_call"];

    private static readonly CommitPerson Person = new("Octo", "octo@example.com", new DateTimeOffset(2026, 1, 31, 8, 15, 30, TimeSpan.FromHours(2)));

    private static readonly EventOrigin Origin = new()
    {
        Repository = "acme/app",
        DefaultBranch = "main",
        Ref = "refs/heads/topic",
        Sha = new string('a', 40),
        Parent = new string('b', 40),
        Target = new PullTarget(new string('c', 40), Commits: 2, Files: 3, Additions: 40, Deletions: 5),
        Commit = new CommitFacts(new string('d', 40), "Mend it\n\nAt last.", Person, Person) { Added = ["new"], Modified = ["a", "b"], Removed = ["old"] },
        Actor = "octo",
        Time = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
    };

    private static readonly Dictionary<string, EventOrigin> Origins = new()
    {
        ["a branch"] = Origin,
        ["a first commit"] = Origin with { Parent = null, Target = null },
        ["a tag"] = Origin with { Ref = "refs/tags/v1" },
        ["outside of git"] = new EventOrigin { Repository = "local/app", DefaultBranch = "main", Ref = "refs/heads/main", Actor = "local" },
        ["another server"] = Origin with { ServerUrl = "https://ghe.acme.com" },
    };

    public static TheoryData<string> Places => [.. Origins.Keys];

    [Theory(Timeout = 120_000), MemberData(nameof(Places))]
    public async Task Payload_of_every_event_and_activity_passes_githubs_schema(string place)
    {
        Assert.SkipUnless(NpmPackages.Has(Schemas), NpmPackages.SkipReason);
        var schemas = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(NpmPackages.Modules, Schemas, "schema.json"), TestContext.Current.CancellationToken));
        var definitions = schemas!["definitions"]!.AsObject().Select(entry => entry.Key.Split('$')).Where(parts => parts.Length == 2).ToList(); // a file of definitions
        var payloads = new JsonObject();
        foreach (var name in EventNames())
        {
            foreach (var parts in definitions.Where(parts => parts[0] == SameAs.GetValueOrDefault(name, name)))
            {
                payloads[$"{name} {parts[0]}${parts[1]}"] = EventPayload.Of(name, Origins[place], parts[1] == "event" ? null : parts[1], workflow: null);
            }
        }

        Assert.True(payloads.Count > 100, $"{payloads.Count} payloads");
        var mistakes = await ValidateAsync(payloads);
        Assert.True(mistakes.Length == 0, mistakes);
    }

    [Fact]
    public void Every_event_that_starts_workflows_has_a_shape() =>
        Assert.Empty(EventNames().Where(name => !EventPayload.IsKnown(name)).Except(WithoutSchema));

    [Fact]
    public void Push_tells_the_commit_and_what_was_there_before()
    {
        var push = EventPayload.Of("push", Origin);
        var first = EventPayload.Of("push", Origin with { Parent = null });

        Assert.Equal((Origin.Parent, Origin.Sha, false), ((string?)push["before"], (string?)push["after"], (bool?)push["created"]));
        Assert.Equal($"https://github.com/acme/app/compare/{new string('b', 12)}...{new string('a', 12)}", (string?)push["compare"]);
        var commit = Assert.Single(push["commits"]!.AsArray())!; // the schema has it
        Assert.Equal("Mend it\n\nAt last.", (string?)commit["message"]);
        Assert.Equal("2026-01-31T08:15:30+02:00", (string?)commit["timestamp"]);
        Assert.Equal(["a", "b"], commit["modified"]!.AsArray().Select(file => (string?)file));
        Assert.Equal((EventOrigin.NoCommit, true), ((string?)first["before"], (bool?)first["created"]));
    }

    [Fact]
    public void Pull_request_goes_from_the_commit_to_its_target()
    {
        var pull = EventPayload.Of("pull_request", Origin)["pull_request"];

        Assert.Equal((Origin.Sha, Origin.Target?.Sha), ((string?)pull?["head"]?["sha"], (string?)pull?["base"]?["sha"]));
        Assert.Equal(("topic", "main", 2), ((string?)pull?["head"]?["ref"], (string?)pull?["base"]?["ref"], (int?)pull?["commits"]));
    }

    [Theory]
    [InlineData("{pull_request: {types: [labeled]}}",                 "pull_request",        "labeled")]
    [InlineData("{pull_request: {types: [closed, opened]}}",          "pull_request",        "opened")]
    [InlineData("{repository_dispatch: {types: [deploy]}}",           "repository_dispatch", "deploy")]
    [InlineData("{workflow_run: {workflows: [Build], types: [requested]}}", "workflow_run",  "requested")]
    public void Activity_is_one_that_the_workflow_listens_to(string on, string name, string action)
    {
        var payload = EventPayload.Of(name, Origin, Read(on));

        Assert.Equal(action, (string?)payload["action"]);
        Assert.True(action != "labeled" || (string?)payload["label"]?["name"] == "bug");
        Assert.True(name != "workflow_run" || (string?)payload["workflow_run"]?["name"] == "Build");
    }

    private static Workflow Read(string on) => WorkflowFile.Read("ci.yml", $"on: {on}\njobs: {{a: {{runs-on: x, steps: [{{run: a}}]}}}}").Workflow
        ?? throw new InvalidOperationException("not a workflow");

    private static ImmutableArray<string> EventNames() => Grammar.EventGrammar.Names;

    private static async Task<string> ValidateAsync(JsonObject payloads)
    {
        var start = new ProcessStartInfo(NpmPackages.Node, [Path.Combine(AppContext.BaseDirectory, "Events", "validate.mjs"), NpmPackages.Modules])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node does not start");
        var answer = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.StandardInput.WriteAsync(payloads.ToJsonString(JsonSerializerOptions.Default));
        node.StandardInput.Close();
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return await answer;
    }
}
