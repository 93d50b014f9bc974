using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;

namespace Runner.Cli.Commands;

/// <summary><c>runner plan [event]</c>: what would run, as a tree or as JSON. It is <c>runner --dryrun</c> with the flags that planning needs.</summary>
internal static class PlanCommand
{
    public const string Name = "plan";

    public static Command Build(CliSurroundings surroundings)
    {
        var flags = new RunFlags();
        var command = new Command(Name, "Show what would run for an event: jobs with the legs of their matrix, labels and steps.") { flags.Event };
        flags.Event.Validators.Add(argument => RunCommand.RefuseFlag(argument, command, "runner plan"));
        foreach (var option in flags.Planning)
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) =>
        {
            var settings = RunSettingsReader.Read(result, flags, surroundings);
            return new CheckoutRun(settings with { Show = settings.Show with { PlansOnly = true } }, surroundings, RunCommand.NamesOf(result)).RunAsync(cancellationToken);
        });
        return command;
    }
}
