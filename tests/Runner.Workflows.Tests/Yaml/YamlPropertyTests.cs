using CsCheck;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Actions;

namespace Runner.Workflows.Tests.Yaml;

/// <summary>No file makes the readers hang, overflow the stack, or throw: it is read, or there are diagnostics.</summary>
public sealed class YamlPropertyTests
{
    private static readonly string[] Pieces =
    [
        "on", "jobs", "steps", "run", ":", ": ", "- ", "-", "\n", "\n  ", "\n    ", "\t", "{", "}", "[", "]", ",", "?", "&a", "*a", "<<: *a", "!!str ", "!x ", "|", "|2+", ">-",
        "\"", "'", "\\", "\\x", "#", " # ", "%YAML 1.2", "---", "...", "null", "~", "0x1", "1e3", "true", "${{", "}}", "${{ github.ref }}", "é", "\0", "\ufeff", "\ud800",
        "\u0085", "\u2028", "@", "`",
    ];

    private static readonly Gen<string> Soup = Gen.OneOf(Pieces).Array[0, 40].Select(string.Concat);

    [Fact]
    public void Any_row_of_pieces_is_a_workflow_or_diagnostics() => Soup.Sample(
        text =>
        {
            var reading = WorkflowFile.Read("w.yml", text);
            Assert.Equal(reading.Diagnostics.IsEmpty, reading.Workflow is not null);
        },
        iter: 20_000);

    [Fact]
    public void Any_row_of_pieces_is_an_action_or_diagnostics() => Soup.Sample(
        text =>
        {
            var reading = ActionFile.Read("action.yml", text);
            Assert.Equal(reading.Diagnostics.IsEmpty, reading.Manifest is not null);
        },
        iter: 20_000);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("!!x ")]
    public void Endless_nesting_is_a_diagnostic(string part) =>
        Assert.NotEmpty(WorkflowFile.Read("w.yml", string.Concat(Enumerable.Repeat(part, 100_000))).Diagnostics);
}
