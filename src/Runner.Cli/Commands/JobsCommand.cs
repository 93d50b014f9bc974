using System.CommandLine;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner jobs</c>: the jobs that an agent has, and the last that ended.</summary>
internal static class JobsCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var agent = new AgentUrl();
        var (watch, json) = AgentFlags.Make();
        var command = new Command("jobs", "List the jobs that an agent has, and the last that ended.") { watch, json };
        agent.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = agent.Connect(result, surroundings);
            await AgentFlags.ShowAsync(client, surroundings, result.GetValue(watch), ReadAsync, cancellationToken);
            return ExitCodes.Success;

            async Task<Action<TimeSpan>> ReadAsync()
            {
                var answer = await client.ReadJobsAsync(cancellationToken);
                return result.GetValue(json)
                    ? _ => surroundings.Out.WriteLine(answer.Text)
                    : later => AgentTables.Write(surroundings, answer.Value, answer.Value.Now + later);
            }
        });
        return command;
    }
}
