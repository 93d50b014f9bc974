using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Agent.Network;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary><c>runner agent</c>: the daemon.</summary>
internal static class AgentCommand
{
    private const string DefaultFile = "/etc/runner/runner.yaml";
    private const string FileVariable = "RUNNER_CONFIG";
    private const string WorkerName = "runner-worker";

    public static Command Build(CliSurroundings surroundings)
    {
        var config = ConfigOption();
        var backend = new Option<string?>("--backend") { Description = "Where jobs run: host, docker or kubernetes. Wins over the file.", HelpName = "NAME" };
        var check = new Option<bool>("--check") { Description = "Only read and check the settings, and all that they name on this machine." };
        var settings = new Option<string[]>("--set")
        {
            Description = "Another setting that wins over the file, such as monitoring.metricsPort=0. May be repeated.",
            HelpName = "PATH=VALUE",
        };
        var command = new Command("agent", "Take jobs from GitHub until told to stop (SIGTERM), and run each in a pod or process of its own.")
        {
            config, backend, settings, check,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var flags = Flags(result.GetValue(backend), result.GetValue(settings) ?? []);
            var agent = Surroundings(surroundings);
            var options = AgentConfiguration.Load(
                FileOf(surroundings, result.GetValue(config)), surroundings.Environment, flags, settings => AgentHost.Check(settings, agent));
            return result.GetValue(check) ? CheckedAsync(surroundings) : RunAsync(options, agent, cancellationToken);
        });
        return command;
    }

    /// <summary>The flag that names the agent's settings.</summary>
    public static Option<string?> ConfigOption() =>
        new("--config", "-c") { Description = $"The YAML file. Default: ${FileVariable}, else {DefaultFile}.", HelpName = "FILE" };

    /// <summary>The file of the agent's settings.</summary>
    public static string FileOf(CliSurroundings surroundings, string? named) => named ?? surroundings.Variable(FileVariable) ?? DefaultFile;

    private static List<ConfigOverride> Flags(string? backend, IEnumerable<string> settings)
    {
        var flags = settings.Select(setting => setting.Split('=', 2) is [var path, var value]
            ? new ConfigOverride([.. path.Split('.')], value, "flag --set")
            : throw new OperatorException($"flag --set: '{setting}' is no setting, expected PATH=VALUE such as monitoring.metricsPort=0")).ToList();
        if (backend is not null)
        {
            flags.Add(new ConfigOverride(["backend"], backend, "flag --backend"));
        }

        return flags;
    }

    private static AgentSurroundings Surroundings(CliSurroundings surroundings) => new()
    {
        Environment = surroundings.Environment,
        DefaultWorker = Path.Combine(surroundings.ProgramFolder, WorkerName),
        IsOwnProcess = true,
    };

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
