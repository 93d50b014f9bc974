using Runner.Jobs.Data;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Tests.Planning.Calls;

public sealed class DispatchInputTests
{
    private const string Text = """
        on:
          workflow_dispatch:
            inputs:
              level: {type: choice, options: [low, high], default: low}
              dry: {type: boolean, default: true}
              count: {type: number}
              note: {required: true}
        jobs: {j: {runs-on: x}}
        """;

    [Fact]
    public void Inputs_are_typed_and_filled_up()
    {
        var inputs = Assert.IsType<DictionaryData>(Plan("{inputs: {note: hello, dry: 'false'}}", [new("COUNT", "4")]).Plan?.Inputs);

        Assert.Equal(["level", "dry", "count", "note"], inputs.Entries.Select(entry => entry.Key));
        Assert.Equal(new StringData("low"), inputs.Find("level"));
        Assert.Equal(new BooleanData(false), inputs.Find("dry"));
        Assert.Equal(new NumberData(4), inputs.Find("count"));
        Assert.Equal(new StringData("hello"), inputs.Find("note"));
    }

    [Fact]
    public void Everything_wrong_with_inputs_is_said_at_once()
    {
        var planning = Plan("{inputs: {leve: x, level: mid, dry: maybe}}", []);

        Assert.Null(planning.Plan);
        var message = Assert.Single(planning.Diagnostics).Message;
        Assert.Contains("Invalid input, leve is not defined in the workflow; did you mean 'level'?", message, StringComparison.Ordinal);
        Assert.Contains("Input level: 'mid' is not one of: low, high", message, StringComparison.Ordinal);
        Assert.Contains("Input dry: 'maybe' is no boolean", message, StringComparison.Ordinal);
        Assert.Contains("Input note is required, but not provided while calling.", message, StringComparison.Ordinal);
    }

    private static RunPlanning Plan(string payload, KeyValuePair<string, string>[] given) => RunPlan.Create(Plans.Read(Text), Plans.Request with
    {
        EventName = "workflow_dispatch",
        Event = Plans.Data(payload),
        Inputs = DictionaryData.FromStrings(given),
    });
}
