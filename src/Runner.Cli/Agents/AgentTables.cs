using System.Globalization;
using Runner.Agent.Board;
using Runner.Agent.Page;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Agents;

/// <summary>What an agent says, as tables for people.</summary>
internal static class AgentTables
{
    private const int MaxRecent = 20;

    /// <summary>The agent, its pools, and why something waits or failed.</summary>
    public static void Write(CliSurroundings surroundings, PoolsAnswer answer, DateTimeOffset now)
    {
        var (colors, agent) = (new Colors(surroundings.UseColors), answer.Agent);
        var state = agent.Problems.IsEmpty ? colors.Green("ready") : colors.Red("not ready");
        surroundings.Out.WriteLine(
            $"{colors.Bold(agent.Instance)}: {state}, jobs of {agent.GitHub.Host}{agent.GitHub.AbsolutePath} on {agent.Backend},"
            + $" version {agent.Version}, up {ShownWords.Duration(now - agent.Started)}");
        foreach (var problem in agent.Problems)
        {
            surroundings.Out.WriteLine(colors.Red($"  {problem}"));
        }

        surroundings.Out.WriteLine();
        Tables.Write(
            surroundings,
            ["pool", "running", "starting", "places", "room", "queued", "why"],
            answer.Pools.Select(pool => new[]
            {
                pool.Name, Number(pool.Running), Number(pool.Waiting), Number(pool.MaxJobs), Number(pool.Free), pool.Queue is { } queue ? Number(queue.Queued) : "-", Why(pool),
            }));
        if (!answer.Failures.IsEmpty)
        {
            surroundings.Out.WriteLine();
            Tables.Write(
                surroundings,
                ["failed because", "jobs", "last", "told"],
                answer.Failures.Select(failure => new[]
                {
                    ShownWords.Cause(failure.Reason), Number(failure.Count), $"{ShownWords.Duration(now - failure.LastAt)} ago", failure.LastMessage ?? "-",
                }));
        }

        foreach (var limit in agent.Limits)
        {
            var full = limit.Reset is { } reset && reset > now ? $", full again in {ShownWords.Duration(reset - now)}" : string.Empty;
            surroundings.Out.WriteLine();
            surroundings.Out.WriteLine(colors.Dim(string.Create(
                CultureInfo.InvariantCulture, $"GitHub's limit ({limit.Resource}): {limit.Remaining:N0} of {limit.Limit:N0} calls left{full}")));
        }
    }

    /// <summary>Jobs: those that the agent has, then the last that ended.</summary>
    public static void Write(CliSurroundings surroundings, JobsAnswer answer, DateTimeOffset now)
    {
        if (answer.Jobs.IsEmpty && answer.Recent.IsEmpty)
        {
            surroundings.Out.WriteLine("No job is here, and none has ended since the agent started.");
            return;
        }

        Tables.Write(
            surroundings,
            ["job", "name", "state", "for", "pool", "where", "repository"],
            answer.Jobs.Concat(answer.Recent.Take(MaxRecent)).Select(job => new[]
            {
                job.Id[..Math.Min(8, job.Id.Length)], job.Name, State(job), ShownWords.Duration(ShownWords.Lasted(job, now)), job.Pool, job.Place ?? "-", job.Repository ?? "-",
            }));
    }

    private static string State(JobView job) => (job.Conclusion, job.Reason) switch
    {
        (null, _) => job.Why is null ? ShownWords.Of(job.State) : $"{ShownWords.Of(job.State)}: {job.Why}",
        (Conclusion.Failed, { } reason) when reason != "none" => $"{ShownWords.Of(job.Conclusion.Value)}: {ShownWords.Cause(reason)}",
        _ => ShownWords.Of(job.Conclusion.Value),
    };

    private static string Why(PoolView pool) => string.Join("; ", PoolReasons.Of(pool)) is { Length: > 0 } reasons ? reasons : "-";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
