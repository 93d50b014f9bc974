using System.CommandLine;
using System.Globalization;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary><c>runner scaleset</c>: the scale sets of an agent's settings, as they are at GitHub.</summary>
internal static class ScaleSetCommands
{
    public static Command Build(CliSurroundings surroundings) => new("scaleset", "Show and delete the scale sets of an agent's pools at GitHub.")
    {
        BuildList(surroundings), BuildDelete(surroundings),
    };

    private static Command BuildList(CliSurroundings surroundings)
    {
        var config = AgentSettings.ConfigOption();
        var command = new Command("list", "List the scale sets of the pools in the mode 'scaleset'.") { config };
        command.SetAction(async (result, cancellationToken) =>
        {
            var options = Load(surroundings, result.GetValue(config));
            var sets = await ScaleSetAdministration.ListAsync(options, surroundings.Environment, TimeProvider.System, cancellationToken);
            Tables.Write(
                surroundings,
                ["pool", "scale set", "group", "labels", "assigned", "running"],
                sets.Select(set => set.Exists
                    ? new[] { set.Pool, set.Name, set.Group ?? "-", string.Join(",", set.Labels), Number(set.Assigned), Number(set.Running) }
                    : [set.Pool, $"{set.Name} (not there)", "-", "-", "-", "-"]));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command BuildDelete(CliSurroundings surroundings)
    {
        var config = AgentSettings.ConfigOption();
        var pool = new Argument<string>("pool") { Description = "The pool, also one that is not in the settings any more." };
        var command = new Command("delete", "Delete a pool's scale set. Jobs that wait for it wait for another one.") { pool, config };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (options, name) = (Load(surroundings, result.GetValue(config)), result.GetRequiredValue(pool));
            var deleted = await ScaleSetAdministration.DeleteAsync(options, surroundings.Environment, name, TimeProvider.System, cancellationToken)
                ?? throw new OperatorException(
                    $"pool '{name}' has no scale set at {options.Github.Url}{NearestName.Hint(name, options.Pools.Select(item => item.Name).Except([name]))}");
            await surroundings.Out.WriteLineAsync($"Scale set {deleted} is deleted.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static AgentOptions Load(CliSurroundings surroundings, string? file) =>
        AgentConfiguration.Load(AgentSettings.FileOf(surroundings, file), surroundings.Environment, flags: []);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
