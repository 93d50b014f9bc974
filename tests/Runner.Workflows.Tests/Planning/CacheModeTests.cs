using Runner.Jobs;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Workflows.Messages;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Tests.Planning.Calls;

namespace Runner.Workflows.Tests.Planning;

/// <summary><c>cache-mode</c>: the job's wins over the workflow's, and a called workflow gets no more than its caller.</summary>
public sealed class CacheModeTests
{
    public static TheoryData<string, string, string?> Modes => new()
    {
        // workflow              job                       of the job
        { "",                    "",                       null },
        { "cache-mode: read",    "",                       "read" },
        { "",                    "cache-mode: write",      "write" },
        { "cache-mode: none",    "cache-mode: write-only", "write-only" },
        { "cache-mode: write",   "cache-mode: none",       "none" },
    };

    [Theory, MemberData(nameof(Modes))]
    public void Mode_of_the_job_wins(string workflow, string job, string? expected)
    {
        var run = Plans.Run($"on: push\n{workflow}\njobs: {{a: {{runs-on: x, steps: [{{run: x}}], {job}}}}}");

        var planned = Assert.Single(run.Start().Ready);

        Assert.Equal(expected, ModeOf(planned));
    }

    public static TheoryData<string, string, string?> Calls => new()
    {
        // caller                called                    of its job
        { "",                    "",                       null },
        { "",                    "cache-mode: write",      "write" },
        { "cache-mode: read",    "",                       "read" },
        { "cache-mode: read",    "cache-mode: write",      "read" },
        { "cache-mode: write",   "cache-mode: write-only", "write-only" },
        { "cache-mode: read",    "cache-mode: write-only", "none" },
        { "cache-mode: none",    "cache-mode: write",      "none" },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task Called_workflow_gets_no_more_than_its_caller(string caller, string called, string? expected)
    {
        var files = new GivenWorkflows(
            ("./middle.yml", "on: workflow_call\njobs: {m: {uses: ./deep.yml}}"),
            ("./deep.yml", $"on: workflow_call\n{called}\njobs: {{a: {{runs-on: x, steps: [{{run: x}}]}}}}"));
        var run = await files.RunAsync($"on: push\njobs: {{c: {{uses: ./middle.yml, {caller}}}}}");

        var planned = Assert.Single(run.Start().Ready);

        Assert.Equal(expected, ModeOf(planned));
    }

    public static TheoryData<string, string, string?, bool> Events => new()
    {
        // event                  mode                      of the job    warned
        { "push",                 "",                       null,         false },
        { "push",                 "cache-mode: write",      "write",      false },
        { "pull_request",         "",                       null,         false },
        { "pull_request_target",  "",                       "read",       false },
        { "pull_request_target",  "cache-mode: none",       "none",       false },
        { "pull_request_target",  "cache-mode: write",      "write",      true },
        { "issue_comment",        "cache-mode: write-only", "write-only", true },
        { "issues",               "",                       "read",       false },
        { "workflow_run",         "",                       null,         false },
    };

    [Theory, MemberData(nameof(Events))]
    public void Events_that_anybody_can_start_restore_only_unless_the_workflow_says_else_which_is_told(string name, string mode, string? expected, bool isWarned)
    {
        var planned = Assert.Single(Of(name, mode, Plans.Request.Event).Start().Ready);

        Assert.Equal(expected, ModeOf(planned));
        Assert.Equal(isWarned, planned.CacheWarning?.Contains($"'{name}' is an event", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("acme/app", null)]
    [InlineData("stranger/app", "read")]
    public void Run_behind_that_of_a_fork_restores_only(string head, string? expected)
    {
        var happened = Plans.Data($"{{workflow_run: {{repository: {{full_name: acme/app}}, head_repository: {{full_name: {head}}}}}}}");

        Assert.Equal(expected, ModeOf(Assert.Single(Of("workflow_run", string.Empty, happened).Start().Ready)));
    }

    [Fact]
    public async Task Called_workflow_of_such_an_event_saves_only_where_its_caller_may()
    {
        var files = new GivenWorkflows(("./called.yml", "on: workflow_call\ncache-mode: write\njobs: {a: {runs-on: x, steps: [{run: x}]}}"));
        var request = Plans.Request with { EventName = "issue_comment" };

        var planning = await files.PlanAsync("on: issue_comment\njobs: {c: {uses: ./called.yml}}", request);
        var planned = Assert.Single(new RunState(planning.Plan!).Start().Ready);

        Assert.Equal(("read", null), (ModeOf(planned), planned.CacheWarning));
    }

    [Fact]
    public void Mode_is_one_of_four_words()
    {
        var reading = WorkflowFile.Read("w.yml", "on: push\ncache-mode: raed\njobs: {a: {runs-on: x}}");

        Assert.Equal("w.yml (Line: 2, Col: 13): Unexpected value 'raed'; did you mean 'read'?", Assert.Single(reading.Diagnostics).ToString());
    }

    private static RunState Of(string name, string mode, ContextData happened) => new(Plans.Create(
        $"on: {name}\n{mode}\njobs: {{a: {{runs-on: x, steps: [{{run: x}}]}}}}", Plans.Request with { EventName = name, Event = happened }));

    private static string? ModeOf(PlannedJob planned)
    {
        var message = planned.ToJobMessage(new JobMessageContext
        {
            PlanId = new PlanId(Guid.Empty),
            JobId = new JobId(Guid.Empty),
            SystemConnection = new ServiceEndpoint(),
            GitHubToken = new Secret("t"),
        });
        return message.Variable(JobVariables.CacheMode);
    }
}
