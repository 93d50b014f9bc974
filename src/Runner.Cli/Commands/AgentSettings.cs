using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>The options by which a command is told the settings of an agent.</summary>
internal sealed class AgentSettings
{
    private const string DefaultFile = "/etc/runner/runner.yaml";
    private const string FileVariable = "RUNNER_CONFIG";
    private const string WorkerName = "runner-worker";

    /// <summary>The file.</summary>
    public Option<string?> Config { get; } = ConfigOption();

    /// <summary>The backend, over the file.</summary>
    public Option<string?> Backend { get; } = new("--backend") { Description = "Where jobs run: host, docker or kubernetes. Wins over the file.", HelpName = "NAME" };

    /// <summary>Any setting, over the file.</summary>
    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Another setting that wins over the file, such as monitoring.metricsPort=0. May be repeated.",
        HelpName = "PATH=VALUE",
    };

    /// <summary>The flag that names the agent's settings.</summary>
    public static Option<string?> ConfigOption() =>
        new("--config", "-c") { Description = $"The YAML file. Default: ${FileVariable}, else {DefaultFile}.", HelpName = "FILE" };

    /// <summary>The file of the agent's settings.</summary>
    public static string FileOf(CliSurroundings surroundings, string? named) => named ?? surroundings.Variable(FileVariable) ?? DefaultFile;

    /// <summary>The settings, checked as a start would, and the process around them.</summary>
    /// <exception cref="OperatorException">Something is wrong with them: every problem at once.</exception>
    public (AgentOptions Options, AgentSurroundings Surroundings) Read(ParseResult result, CliSurroundings surroundings)
    {
        var agent = new AgentSurroundings
        {
            Environment = surroundings.Environment,
            DefaultWorker = Path.Combine(surroundings.ProgramFolder, WorkerName),
            IsOwnProcess = true,
        };
        var flags = Flags(result.GetValue(Backend), result.GetValue(Set) ?? []);
        return (AgentConfiguration.Load(
            FileOf(surroundings, result.GetValue(Config)), surroundings.Environment, flags, settings => AgentHost.Check(settings, agent), surroundings.Warn), agent);
    }

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
}
