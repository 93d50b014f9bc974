using Runner.Cli.CommandLine;

namespace Runner.Cli.Agents;

/// <summary><c>--watch</c>: shows what an agent says again with each change; on a terminal in the same place, where times go on, too.</summary>
/// <param name="client">Asks the agent.</param>
/// <param name="surroundings">Where to.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedAgent(AgentClient client, CliSurroundings surroundings, TimeProvider time)
{
    // Cursor home and clear what is below: nothing flickers, and what was before the command stays.
    private const string Home = "\u001b[H\u001b[J";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Shows it again and again, until the agent ends.</summary>
    /// <param name="read">Asks for what is shown; gives how it is written, some time after.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    public async Task WatchAsync(Func<Task<Action<TimeSpan>>> read, CancellationToken cancellationToken)
    {
        await using var changes = client.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = changes.MoveNextAsync().AsTask();
        while (await next)
        {
            var (write, asked) = (await read(), time.GetTimestamp());
            next = changes.MoveNextAsync().AsTask();
            do
            {
                await surroundings.Out.WriteAsync(surroundings.IsTerminal ? Home : string.Empty);
                write(time.GetElapsedTime(asked));
            }
            while (surroundings.IsTerminal && !await IsDoneAsync(next, cancellationToken));
        }
    }

    private async Task<bool> IsDoneAsync(Task next, CancellationToken cancellationToken)
    {
        await Task.WhenAny(next, Task.Delay(Tick, time, cancellationToken));
        return next.IsCompleted;
    }
}
