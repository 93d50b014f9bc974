using System.CommandLine;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner status</c> and <c>runner jobs</c>: what an agent does, once or again with each change.</summary>
internal static class AgentViewCommands
{
    public static Command BuildStatus(CliSurroundings surroundings) => Build(
        surroundings,
        new Command("status", "Show what an agent does: its pools, room, and why something waits or failed."),
        (client, cancellationToken) => client.ReadPoolsAsync(cancellationToken),
        (pools, later) => AgentTables.Write(surroundings, pools, pools.Now + later));

    public static Command BuildJobs(CliSurroundings surroundings) => Build(
        surroundings,
        new Command("jobs", "List the jobs that an agent has, and the last that ended."),
        (client, cancellationToken) => client.ReadJobsAsync(cancellationToken),
        (jobs, later) => AgentTables.Write(surroundings, jobs, jobs.Now + later));

    private static Command Build<T>(
        CliSurroundings surroundings, Command command, Func<AgentClient, CancellationToken, Task<Answer<T>>> read, Action<T, TimeSpan> write)
    {
        var agent = new AgentUrl();
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it again with each change, until the agent ends or Ctrl-C." };
        var json = new Option<bool>("--json") { Description = "Print it as JSON; with --watch a line for each change." };
        command.Add(watch);
        command.Add(json);
        agent.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = agent.Connect(result, surroundings);
            if (result.GetValue(watch))
            {
                await new WatchedAgent(client, surroundings, TimeProvider.System).WatchAsync(ReadAsync, cancellationToken);
            }
            else
            {
                (await ReadAsync())(TimeSpan.Zero);
            }

            return ExitCodes.Success;

            async Task<Action<TimeSpan>> ReadAsync()
            {
                var answer = await read(client, cancellationToken);
                return result.GetValue(json) ? _ => surroundings.Out.WriteLine(answer.Text) : later => write(answer.Value, later);
            }
        });
        return command;
    }
}
