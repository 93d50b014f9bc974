using System.CommandLine;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner status</c>: an agent's pools, and why something waits or failed.</summary>
internal static class StatusCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var agent = new AgentUrl();
        var (watch, json) = AgentFlags.Make();
        var command = new Command("status", "Show what an agent does: its pools, room, and why something waits or failed.") { watch, json };
        agent.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = agent.Connect(result, surroundings);
            await AgentFlags.ShowAsync(client, surroundings, result.GetValue(watch), ReadAsync, cancellationToken);
            return ExitCodes.Success;

            async Task<Action<TimeSpan>> ReadAsync()
            {
                var answer = await client.ReadPoolsAsync(cancellationToken);
                return result.GetValue(json)
                    ? _ => surroundings.Out.WriteLine(answer.Text)
                    : later => AgentTables.Write(surroundings, answer.Value, answer.Value.Now + later);
            }
        });
        return command;
    }
}
