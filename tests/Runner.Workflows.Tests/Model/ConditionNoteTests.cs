using System.Collections.Immutable;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Model;

public sealed class ConditionNoteTests
{
    [Theory]
    [InlineData("${{ github.ref }} == 'refs/heads/main'")]
    [InlineData("${{ github.ref }} && ${{ github.sha }}")]
    [InlineData("push == ${{ github.event_name }}")]
    public void Text_beside_an_expression_makes_a_condition_that_is_always_true(string condition)
    {
        var note = Assert.Single(Notes(condition));

        Assert.StartsWith("This condition is always true", note.Message, StringComparison.Ordinal);
        Assert.Equal((4, 9), (note.Line, note.Column));
    }

    [Theory]
    [InlineData("${{ github.ref == 'refs/heads/main' }}")]
    [InlineData("github.ref == 'refs/heads/main'")]
    [InlineData("${{ 'a' == 'b' }}")]
    public void Whole_expression_is_none(string condition) => Assert.Empty(Notes(condition));

    [Fact]
    public void Job_without_steps_is_told() =>
        Assert.Equal(
            "Job 'a' has no steps and calls no workflow: GitHub refuses such a file",
            Assert.Single(WorkflowFile.Read("w.yml", "on: push\njobs:\n  a: {runs-on: x, steps: []}").Workflow?.Notes ?? []).Message);

    private static ImmutableArray<Diagnostic> Notes(string condition)
    {
        var reading = WorkflowFile.Read("w.yml", $"on: push\njobs:\n  a:\n    if: {condition}\n    runs-on: x\n    steps: [{{run: x}}]");
        Assert.Empty(reading.Diagnostics);
        return reading.Workflow?.Notes ?? [];
    }
}
