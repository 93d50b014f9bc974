using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Agent.Network;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner agent</c>: the daemon.</summary>
internal static class AgentCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var settings = new AgentSettings();
        var check = new Option<bool>("--check") { Description = "Only read and check the settings, and all that they name on this machine; 'runner doctor' looks beyond it." };
        var command = new Command("agent", "Take jobs from GitHub until told to stop (SIGTERM), and run each in a pod or process of its own.")
        {
            settings.Config, settings.Backend, settings.Set, check,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var (options, agent) = settings.Read(result, surroundings);
            return result.GetValue(check) ? CheckedAsync(surroundings) : RunAsync(options, agent, cancellationToken);
        });
        return command;
    }

    private static async Task<int> CheckedAsync(CliSurroundings surroundings)
    {
        await surroundings.Out.WriteLineAsync("The settings are right.");
        return ExitCodes.Success;
    }

    private static async Task<int> RunAsync(AgentOptions options, AgentSurroundings surroundings, CancellationToken cancellationToken)
    {
        // For the clients that make their own connections, as that of the cluster: the framework's reading of NO_PROXY knows no networks.
        if (new AgentNetwork(options.Network, surroundings.Environment).ClientProxy() is { } proxy)
        {
            HttpClient.DefaultProxy = proxy;
        }

        await using var agent = await AgentHost.StartAsync(options, surroundings, cancellationToken);
        await agent.RunAsync(cancellationToken);
        return ExitCodes.Success;
    }
}
