using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Model.Triggers;

public sealed class TriggerCheckerTests
{
    public static TheoryData<string, string[]> Mistakes => new()
    {
        {
            "\n  push:\n    branches: [a, '+']\n    branches-ignore: ['!b']",
            [
                "(Line: 3, Col: 19): Invalid filter pattern '+' of 'branches': '+' at position 1 has no letter before it to repeat",
                "(Line: 4, Col: 22): 'branches-ignore' has patterns with '!' only, so nothing can match: it needs one without '!' before them",
                "(Line: 4, Col: 22): You may only define one of `branches` and `branches-ignore` for a single event",
            ]
        },
        {
            "{schedule: [{cron: '99 * * * *'}]}",
            ["(Line: 1, Col: 24): Invalid cron '99 * * * *': '99' is no minute, expected 0 to 59, *, a range, a list or a step"]
        },
        {
            "{schedule: [{cron: 'hello'}]}",
            ["(Line: 1, Col: 24): Invalid cron 'hello': 1 field(s), expected five: minute, hour, day of the month, month, day of the week"]
        },
        {
            "{schedule: [{cron: '0 3 * * *', timezone: Mars/Olympus}]}",
            ["(Line: 1, Col: 24): Unknown time zone 'Mars/Olympus', expected an IANA name such as Europe/Berlin"]
        },
        { "{workflow_dispatch: {inputs: {a: {type: choice}}}}", ["(Line: 1, Col: 35): Input 'a' is a choice and has no options"] },
        {
            "{workflow_dispatch: {inputs: {a: {type: choice, options: [b, c], default: d}}}}",
            ["(Line: 1, Col: 79): The default 'd' of input 'a' is not one of b, c"]
        },
        { "{workflow_dispatch: {inputs: {a: {type: number, default: abc}}}}", ["(Line: 1, Col: 62): The default 'abc' of input 'a' is not a number"] },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistake_is_told_at_its_place_before_any_event(string on, string[] expected) =>
        Assert.Equal(expected, Read(on).Diagnostics.Select(problem => problem.ToString().Replace(".github/workflows/ci.yml ", string.Empty, StringComparison.Ordinal)));

    [Theory]
    [InlineData("*/15 0-5,22 1 JAN-MAR mon")]
    [InlineData("0 3 * * 0,6")]
    [InlineData("30 5,17 * * SUN-SAT")]
    public void Times_of_posix_with_names_and_steps_are_right(string cron) => Assert.Empty(Read($"{{schedule: [{{cron: '{cron}'}}]}}").Diagnostics);

    [Theory]
    [InlineData("60 * * * *")]
    [InlineData("0 24 * * *")]
    [InlineData("0 0 0 * *")]
    [InlineData("0 0 * FOO *")]
    [InlineData("0 0 * * 5-1")]
    [InlineData("*/0 * * * *")]
    [InlineData("1- * * * *")]
    [InlineData("* * * * * *")]
    public void Times_out_of_range_are_wrong(string cron) => Assert.Single(Read($"{{schedule: [{{cron: '{cron}'}}]}}").Diagnostics);

    private static WorkflowReading Read(string on) => WorkflowFile.Read(".github/workflows/ci.yml", $"on: {on}\njobs: {{j: {{runs-on: x, steps: [{{run: x}}]}}}}");
}
