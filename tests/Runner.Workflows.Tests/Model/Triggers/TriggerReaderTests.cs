using Runner.Workflows.Model;
using Runner.Workflows.Model.Triggers;
using Runner.Workflows.Tests.Planning;

namespace Runner.Workflows.Tests.Model.Triggers;

public sealed class TriggerReaderTests
{
    [Theory]
    [InlineData("push", "push")]
    [InlineData("[push, pull_request]", "push, pull_request")]
    [InlineData("{push: , workflow_dispatch: }", "push, workflow_dispatch")]
    public void Events_come_in_the_order_of_the_file(string on, string expected) =>
        Assert.Equal(expected, string.Join(", ", Read(on).Events));

    [Fact]
    public void Types_and_filters_are_lists_however_they_are_written()
    {
        var trigger = Find("{pull_request: {types: opened, branches: [main, 1.0], paths-ignore: docs/**}}", "pull_request");

        Assert.Equal(["opened"], trigger.Types);
        Assert.Equal(["branches: main, 1", "paths-ignore: docs/**"], trigger.Filters.Select(filter => $"{filter.Name}: {string.Join(", ", filter.Patterns)}"));
        Assert.Null(trigger.FindFilter("branches-ignore"));
        Assert.Equal(6, trigger.Position?.Column);
    }

    [Fact]
    public void Types_that_are_not_written_are_the_events_default() => Assert.True(Find("{pull_request: {branches: main}}", "pull_request").Types.IsDefault);

    [Fact]
    public void Schedules_have_their_time_zone() => Assert.Equal(
        [("0 3 * * *", "Europe/Berlin"), ("5 4 * * 0", null)],
        Find("{schedule: [{cron: '0 3 * * *', timezone: Europe/Berlin}, {cron: '5 4 * * 0'}]}", "schedule").Schedules.Select(schedule => (schedule.Cron, schedule.TimeZone)));

    [Fact]
    public void Inputs_have_type_default_and_choices()
    {
        var inputs = Find("{workflow_dispatch: {inputs: {level: {type: choice, options: [low, high], default: low}, dry: {type: boolean, required: true}, note: {}}}}", "workflow_dispatch").Inputs;

        Assert.Equal(
            ["level choice False low [low, high]", "dry boolean True  []", "note string False  []"],
            inputs.Select(input => $"{input.Name} {input.Type} {input.IsRequired} {input.Default} [{string.Join(", ", input.Options)}]"));
    }

    [Fact]
    public void Calls_have_secrets_and_outputs()
    {
        var call = Find("{workflow_call: {secrets: {token: {required: true}, other: }, outputs: {url: {value: '${{ jobs.a.outputs.url }}'}}}}", "workflow_call");

        Assert.Equal([new SecretDefinition("token", true), new SecretDefinition("other", false)], call.Secrets);
        Assert.Equal("url=${{ jobs.a.outputs.url }}", string.Join(", ", call.Outputs.Select(output => $"{output.Name}={output.Value}")));
    }

    private static WorkflowTrigger Find(string on, string eventName) => Assert.IsType<WorkflowTrigger>(Read(on).FindTrigger(eventName));

    private static Workflow Read(string on) => Plans.Read($"on: {on}\njobs:\n  a: {{runs-on: x}}\n");
}
