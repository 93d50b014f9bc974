using Runner.Execution.Background;
using Runner.Execution.Steps;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Execution.Tests.Background;

public sealed class ImplicitWaitTests
{
    public static TheoryData<string, bool> Jobs => new()
    {
        // steps: a name in the background, "-" one in front, "wait a", "cancel a", "all"
        { "-",                   false },
        { "a",                   true },
        { "a, wait a",           false },
        { "a, cancel a",         false },
        { "a, all",              false },
        { "a, b, wait a",        true },
        { "a, wait A",           false },
        { "wait a, a",           true },
        { "a, all, b",           true },
        { "a, b, wait a, all",   false },
        { "a, -, wait b",        true },
    };

    [Theory, MemberData(nameof(Jobs))]
    public void Job_waits_at_its_end_for_what_its_author_does_not_wait_for(string steps, bool waits)
    {
        var wait = ImplicitWait.For(steps.Split(", ").Select(text => new StepUse(Step(text), parent: null)));

        Assert.Equal(waits, wait is not null);
        Assert.All(wait is null ? [] : new[] { wait.Step }, step => Assert.Equal((StepType.BackgroundStepControl, "wait-all", "always()"), (step.Type, step.ControlType, step.Condition)));
    }

    private static JobStep Step(string text) => text.Split(' ') switch
    {
        ["-"] => Some.Script("true"),
        ["all"] => Some.Control("wait-all"),
        [var control, var id] => Some.Control(control, id),
        [var id] => Some.Script("true", id: id) with { Background = true },
        _ => throw new ArgumentException(text, nameof(text)),
    };
}
