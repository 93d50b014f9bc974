using System.CommandLine;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary>The flags by which a command shows what an agent says.</summary>
internal static class AgentFlags
{
    /// <summary>New ones, as each command has its own.</summary>
    public static (Option<bool> Watch, Option<bool> Json) Make() => (
        new("--watch", "-w") { Description = "Show it again with each change, until the agent ends or Ctrl-C." },
        new("--json") { Description = "Print it as JSON; with --watch a line for each change." });

    /// <summary>Shows it once, or again with each change.</summary>
    public static async Task ShowAsync(
        AgentClient client, CliSurroundings surroundings, bool watches, Func<Task<Action<TimeSpan>>> read, CancellationToken cancellationToken)
    {
        if (watches)
        {
            await new WatchedAgent(client, surroundings, TimeProvider.System).WatchAsync(read, cancellationToken);
        }
        else
        {
            (await read())(TimeSpan.Zero);
        }
    }
}
