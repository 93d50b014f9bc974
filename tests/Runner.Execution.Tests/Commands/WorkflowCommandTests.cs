using Runner.Jobs.Outcomes;

namespace Runner.Execution.Tests.Commands;

public sealed class WorkflowCommandTests
{
    public static TheoryData<string[], string[]> Printed => new()
    {
        // printed by the step                                  in the log
        { ["::group::Title", "x", "::endgroup::"],              ["##[group]Title", "x", "##[endgroup]"] },
        { ["##[group]Title", "##[endgroup]"],                   ["##[group]Title", "##[endgroup]"] },
        { ["::error::bad"],                                     ["##[error]bad"] },
        { ["::warning::hm"],                                    ["##[warning]hm"] },
        { ["::notice::plain unless GitHub switched it on"],     ["plain unless GitHub switched it on"] },
        { ["::debug::x"],                                       [] },
        { ["::set-output name=a::1"],                           [] },
        { ["::save-state name=a::1"],                           [] },
        { ["::add-mask::hidden", "is hidden"],                  ["is ***"] },
        { ["::add-mask::one%0Atwo", "one", "x two"],            ["***", "x ***"] },
        { ["::add-mask::"],                                     ["##[warning]::add-mask:: came with an empty value: there is nothing to mask."] },
        { ["::unknown::x", "a ::error::b"],                     ["::unknown::x", "a ::error::b"] },
        { ["##[start-action x]", "a ##[end-action y]"],         [@"##[\start-action x]", @"a ##[\end-action y]"] },
        { ["::echo::on", "::set-output name=a::1", "::echo::off", "::set-output name=a::2"],
          ["::set-output name=a::1", "::echo::off"] },
        { ["::echo::on", "::error::x", "::debug::x", "::add-mask::hidden", "::group::g"],
          ["##[error]x", "::add-mask::***", "::group::g", "##[group]g"] },
        { ["::stop-commands::my-token", "::error::x", "::my-token::", "::error::y"],
          ["::stop-commands::***", "::error::x", "::***::", "##[error]y"] },
        { ["::stop-commands::abc", "##[error]x", "::ABC::"],    ["::stop-commands::abc", "##[error]x", "::ABC::"] },
    };

    [Theory, MemberData(nameof(Printed))]
    public void Lines_of_the_step_become_lines_of_the_log(string[] printed, string[] logged)
    {
        using var step = new TestStep();

        step.Print(printed);

        Assert.Equal(logged.Select(line => line.ToUpperInvariant()), step.Lines.Select(line => line.ToUpperInvariant()));
        Assert.False(step.Scope.HasFailedByCommand);
    }

    [Fact]
    public void Outputs_and_state_keep_the_last_value()
    {
        using var step = new TestStep();

        step.Print("::set-output name=A::1%0A2", "::set-output name=a::3", "::save-state name=s::x");

        Assert.Equal([KeyValuePair.Create("A", "3")], step.Scope.Outputs);
        Assert.Equal([KeyValuePair.Create("s", "x")], step.Scope.State);
    }

    [Theory]
    [InlineData("::set-output::x", "The property 'name' is missing. Expected: ::set-output name=…::{value}")]
    [InlineData("::echo::maybe", "'maybe' is no value of ::echo::. Expected: on or off")]
    [InlineData("::stop-commands::", "'' is no token to stop commands with: it must not be empty or the name of a command. Use a random one, for example a GUID.")]
    [InlineData("::stop-commands::Pause-Logging", "'Pause-Logging' is no token to stop commands with: it must not be empty or the name of a command. Use a random one, for example a GUID.")]
    [InlineData("::stop-commands::add-mask", "'add-mask' is no token to stop commands with: it must not be empty or the name of a command. Use a random one, for example a GUID.")]
    [InlineData("::set-env name=A::x", "The `set-env` command is disabled. Write to the file $GITHUB_ENV instead, or set the environment variable `ACTIONS_ALLOW_UNSECURE_COMMANDS` to `true` where no step prints text that others may write.")]
    [InlineData("::add-path::/x", "The `add-path` command is disabled. Write to the file $GITHUB_PATH instead, or set the environment variable `ACTIONS_ALLOW_UNSECURE_COMMANDS` to `true` where no step prints text that others may write.")]
    public void Command_that_cannot_be_carried_out_fails_the_step(string line, string message)
    {
        using var step = new TestStep();

        step.Print(line);

        Assert.Equal([$"##[error]Unable to process command '{line}' successfully.", $"##[error]{message}"], step.Lines);
        Assert.True(step.Scope.HasFailedByCommand);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unsecure_commands_work_where_step_or_worker_allow_them(bool byStep)
    {
        var allowed = new Dictionary<string, string> { ["ACTIONS_ALLOW_UNSECURE_COMMANDS"] = "True" };
        using var step = byStep ? new TestStep(environment: allowed) : new TestStep(workerEnvironment: allowed);

        step.Print("::set-env name=A::x", "::add-path::/one", "::add-path::/two", "::add-path::/one");

        Assert.Empty(step.Lines);
        Assert.Equal("x", step.Scope.Shared.Variables["A"]);
        Assert.Equal(["/one", "/two"], step.Scope.Shared.Paths);
    }

    [Fact]
    public void Any_stop_token_is_good_where_it_is_allowed()
    {
        using var step = new TestStep(environment: new Dictionary<string, string> { ["ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS"] = "true" });

        step.Print("::stop-commands::pause-logging", "::error::x", "::pause-logging::", "::error::y");

        Assert.Equal(["::stop-commands::***", "::error::x", "::***::", "##[error]y"], step.Lines);
    }

    [Fact]
    public void Notice_is_an_annotation_where_GitHub_switched_it_on()
    {
        using var step = new TestStep(variables: ("DistributedTask.EnhancedAnnotations", "true"));

        step.Print("::notice title=T::text");

        Assert.Equal(["##[notice]text"], step.Lines);
        Assert.Equal((AnnotationLevel.Notice, "text", "T"), (step.Log.Annotations[0].Level, step.Log.Annotations[0].Message, step.Log.Annotations[0].Title));
    }

    [Fact]
    public void Old_output_commands_warn_where_GitHub_switched_it_on()
    {
        using var step = new TestStep(variables: ("DistributedTask.DeprecateStepOutputCommands", "true"));

        step.Print("::set-output name=a::1");

        Assert.Equal(["##[warning]The `set-output` command is deprecated and will be disabled. Write to the file $GITHUB_OUTPUT instead."], step.Lines);
        Assert.Equal("1", step.Scope.Outputs["a"]);
    }

    [Fact]
    public void Debug_mode_shows_debug_lines_and_echoes_commands()
    {
        using var step = new TestStep(variables: ("ACTIONS_STEP_DEBUG", "true"));

        step.Print("::debug::one%0Atwo", "::set-output name=a::1");

        Assert.Equal(["##[debug]one", "##[debug]two", "::set-output name=a::1"], step.Lines);
    }

}
