using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Tests.Scopes;

public sealed class StepResultsTests
{
    private static readonly Dictionary<string, string> Outputs = new() { ["v"] = "1" };

    [Theory]
    [InlineData(Conclusion.Succeeded, "success")]
    [InlineData(Conclusion.SucceededWithIssues, "success")]
    [InlineData(Conclusion.Failed, "failure")]
    [InlineData(Conclusion.Canceled, "cancelled")]
    [InlineData(Conclusion.Abandoned, "cancelled")]
    [InlineData(Conclusion.Skipped, "skipped")]
    public void Step_is_found_by_its_id_with_outputs_and_both_results(Conclusion outcome, string word)
    {
        var results = new StepResults();

        results.Add("build", Outputs, outcome, Conclusion.Succeeded);

        var step = Member(results.Value, "BUILD");
        Assert.Equal((word, "success"), (Member(step, "outcome").ToText(), Member(step, "conclusion").ToText()));
        Assert.Equal("1", Member(Member(step, "outputs"), "v").ToText());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("__run_2")]
    public void Step_without_an_id_of_its_author_is_not_noted(string? id)
    {
        var results = new StepResults();

        results.Add(id, Outputs, Conclusion.Succeeded, Conclusion.Succeeded);

        Assert.Empty(results.Value.Entries);
    }

    [Fact]
    public void Copy_has_what_was_there_and_goes_its_own_way()
    {
        var results = new StepResults();
        results.Add("a", Outputs, Conclusion.Succeeded, Conclusion.Succeeded);
        _ = results.Value;
        var copy = results.Copy();

        results.Add("b", Outputs, Conclusion.Succeeded, Conclusion.Succeeded);
        copy.Add("c", Outputs, Conclusion.Succeeded, Conclusion.Succeeded);

        Assert.Equal(["a", "b"], results.Value.Entries.Select(entry => entry.Key));
        Assert.Equal(["a", "c"], copy.Value.Entries.Select(entry => entry.Key));
    }

    private static Value Member(Value value, string name) =>
        Assert.IsType<ObjectValue>(value).TryGet(name, out var member) ? member : throw new KeyNotFoundException(name);
}
