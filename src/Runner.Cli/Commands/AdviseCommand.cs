using System.CommandLine;
using System.Text.Json;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner advise</c>: which requests the last jobs of an agent would have needed.</summary>
internal static class AdviseCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var agent = new AgentUrl();
        var json = new Option<bool>("--json") { Description = "Print it as JSON, an object a job." };
        var command = new Command("advise", "Say which requests of CPU and memory the last jobs of an agent would have needed.") { json };
        agent.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = agent.Connect(result, surroundings);
            var usage = (await client.ReadUsageAsync(cancellationToken)).Value;
            var sizes = (await client.ReadPoolsAsync(cancellationToken)).Value.Pools.ToDictionary(pool => pool.Name, pool => pool.Sizes, StringComparer.Ordinal);
            var advice = UsageAdvice.Of(usage.Jobs, pool => sizes.GetValueOrDefault(pool, []));
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(advice, AdviceJson.Default.ImmutableArrayJobAdvice));
            }
            else
            {
                AdviceText.Write(surroundings, usage, advice);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
