using Runner.Jobs.Data;
using Runner.Workflows.Planning;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Planning;

public sealed class RunPlanTests
{
    [Fact]
    public void Github_context_is_completed_from_what_is_given()
    {
        var plan = Create("name: CI\non: push\njobs: {j: {runs-on: x}}");

        Assert.Equal("CI", plan.GitHub.FindText("workflow"));
        Assert.Equal("push", plan.GitHub.FindText("event_name"));
        Assert.Equal("acme", plan.GitHub.FindText("repository_owner"));
        Assert.Equal("main", plan.GitHub.FindText("ref_name"));
        Assert.Equal("branch", plan.GitHub.FindText("ref_type"));
        Assert.Equal("acme/app/.github/workflows/ci.yml@refs/heads/main", plan.GitHub.FindText("workflow_ref"));
        Assert.IsType<DictionaryData>(plan.GitHub.Find("event"));
    }

    public static TheoryData<ContextData?, bool> Protections => new()
    {
        { null, false },
        { new StringData("false"), false },
        { new StringData("true"), true },
        { new StringData(""), false },
        { new BooleanData(true), true },
        { NullData.Instance, false },
    };

    [Theory, MemberData(nameof(Protections))]
    public void Whether_a_ref_is_protected_is_a_boolean_whatever_form_it_was_given_in(ContextData? given, bool isProtected)
    {
        var request = Request with { GitHub = given is null ? Request.GitHub : Request.GitHub.With("ref_protected", given) };

        var plan = Create("on: push\njobs: {j: {runs-on: x}}", request);

        Assert.Equal(new BooleanData(isProtected), plan.GitHub.Find("ref_protected"));
    }

    [Theory]
    [InlineData("on: push\njobs: {j: {runs-on: x}}", ".github/workflows/ci.yml")]
    [InlineData("on: push\nname: CI\njobs: {j: {runs-on: x}}", "CI")]
    [InlineData("on: push\nname: CI\nrun-name: Level ${{ vars.LEVEL }} of ${{ github.event.ref }}\njobs: {j: {runs-on: x}}", "Level 2 of refs/heads/main")]
    public void Run_has_a_name(string text, string expected) => Assert.Equal(expected, Create(text).Name);

    [Fact]
    public void What_cannot_be_planned_is_said_at_its_place()
    {
        var planning = RunPlan.Create(Read("on: push\njobs:\n  j:\n    uses: ./.github/workflows/other.yml\n"), Request);

        Assert.Null(planning.Plan);
        Assert.Equal(
            [".github/workflows/ci.yml (Line: 4, Col: 11): Job 'j' calls './.github/workflows/other.yml', which was not read"],
            planning.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    [Fact]
    public void Dispatch_has_all_inputs_as_texts_in_its_payload()
    {
        var plan = Create(
            "on: {workflow_dispatch: {inputs: {flag: {type: boolean, default: true}, n: {type: number}}}}\njobs: {j: {runs-on: x, steps: [{run: x}]}}",
            Request with { EventName = "workflow_dispatch", Event = Data("{inputs: {n: '3'}}") });

        var inputs = Assert.IsType<DictionaryData>((plan.GitHub.Find("event") as DictionaryData)?.Find("inputs"));
        Assert.Equal([new("flag", new StringData("true")), new("n", new StringData("3"))], inputs.Entries);
    }

    [Fact]
    public void Pull_request_has_a_short_name_of_its_ref()
    {
        var plan = Create("on: pull_request\njobs: {j: {runs-on: x, steps: [{run: x}]}}", Request with
        {
            EventName = "pull_request", GitHub = DictionaryData.FromStrings([new("ref", "refs/pull/7/merge")]),
        });

        Assert.Equal("7/merge", plan.GitHub.FindText("ref_name"));
    }
}
