using System.CommandLine;
using Runner.Agent.Board;
using Runner.Agent.Page;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary><c>runner logs</c>: the log of a job that runs.</summary>
internal static class LogsCommand
{
    private const int Last = 4 * 1024 * 1024;

    public static Command Build(CliSurroundings surroundings)
    {
        var agent = new AgentUrl();
        var job = new Argument<string>("job") { Description = "The job: its id, the beginning of that, or its name." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Print what comes, too, until the job is over." };
        var command = new Command("logs", "Print the log of a job that runs, as it is sent to GitHub.") { job, follow };
        agent.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = agent.Connect(result, surroundings);
            var answer = (await client.ReadJobsAsync(cancellationToken)).Value;
            var id = Find(result.GetRequiredValue(job), [.. answer.Jobs, .. answer.Recent]);
            if (result.GetValue(follow))
            {
                await BeginAsync(client, id, answer, surroundings, cancellationToken);
            }

            await using var log = await client.OpenLogAsync(id, result.GetValue(follow), Last, cancellationToken);
            await PrintAsync(log, surroundings, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The id of the job that is meant.</summary>
    /// <exception cref="WorkflowException">There is none, or several.</exception>
    internal static string Find(string given, IReadOnlyList<JobView> jobs)
    {
        if (jobs.FirstOrDefault(job => job.Id.Equals(given, StringComparison.OrdinalIgnoreCase)) is { } exact)
        {
            return exact.Id;
        }

        var meant = jobs
            .Where(job => job.Name.Equals(given, StringComparison.OrdinalIgnoreCase)
                || (given.Length >= 4 && job.Id.StartsWith(given, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        meant = meant.Where(job => job.State != JobState.Ended).ToList() is { Count: > 0 } running ? running : meant.Take(1).ToList();
        return meant switch
        {
            [var one] => one.Id,
            [] => throw new WorkflowException($"runner: the agent has no job '{given}'{NearestName.Hint(given, jobs.Select(job => job.Name).Concat(jobs.Select(job => job.Id)))}"),
            _ => throw new WorkflowException(
                $"runner: '{given}' may be one of {meant.Count} jobs: {string.Join(", ", meant.Take(5).Select(job => job.Id))}{(meant.Count > 5 ? ", …" : string.Empty)}"),
        };
    }

    // Who wants what comes waits for its beginning, too.
    private static async Task BeginAsync(AgentClient client, string id, JobsAnswer answer, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (Early(answer) is not { } waiting)
        {
            return;
        }

        var why = waiting.Why is null ? string.Empty : $" ({waiting.Why})";
        await surroundings.Error.WriteLineAsync($"runner: job '{waiting.Name}' has no log yet: it is {ShownWords.Of(waiting.State)}{why}");
        await foreach (var change in client.WatchAsync(cancellationToken))
        {
            if (Early((await client.ReadJobsAsync(cancellationToken)).Value) is null)
            {
                return;
            }
        }

        JobView? Early(JobsAnswer now) => now.Jobs.FirstOrDefault(job => job.Id == id && job.State is (JobState.Waiting or JobState.Starting));
    }

    private static async Task PrintAsync(Stream log, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        var text = new AgentLogText(new Colors(surroundings.UseColors));
        using var reader = new StreamReader(log);
        while (await NextAsync(reader, cancellationToken) is { } line)
        {
            if (text.Of(line) is { } shown)
            {
                await surroundings.Out.WriteLineAsync(shown.AsMemory(), cancellationToken);
            }
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new InfrastructureException($"The log broke off: {failure.Message}", failure);
        }
    }
}
