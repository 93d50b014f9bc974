using System.CommandLine;
using System.Net.Http.Headers;
using Runner.Agent.Configuration;
using Runner.Cli.Agents;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>The flags by which a command finds an agent's page, and the client for it.</summary>
internal sealed class AgentUrl
{
    private const string UrlVariable = "RUNNER_AGENT_URL";

    private readonly Option<string?> _url = new("--agent")
    {
        Description = $"Address of the agent's page. Default: ${UrlVariable}, else that of the agent's settings on this machine, else http://127.0.0.1:8081.",
        HelpName = "URL",
    };

    private readonly Option<string?> _token = new("--token-file")
    {
        Description = $"File of the page's token. Default: ${AgentClient.TokenVariable}, else that of the settings.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _config = AgentSettings.ConfigOption();

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_token);
        command.Options.Add(_config);
    }

    /// <summary>A client by the flags. The caller disposes it.</summary>
    /// <exception cref="UsageException">The address is none.</exception>
    /// <exception cref="OperatorException">There is no such file, or nothing in it.</exception>
    public AgentClient Connect(ParseResult result, CliSurroundings surroundings)
    {
        var (given, tokenFile) = (result.GetValue(_url) ?? surroundings.Variable(UrlVariable), result.GetValue(_token));
        var page = given is null || result.GetValue(_config) is not null ? Settings(result.GetValue(_config), surroundings) : new PageOptions();
        var address = given is null ? page.LocalUrl : WebAddress.Read("--agent", given.TrimEnd('/') + "/");
#pragma warning disable RS0030 // one client for one command of a process that ends with it
        var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        var token = tokenFile is not null ? TokenFile.Read(tokenFile) : surroundings.Variable(AgentClient.TokenVariable) ?? TokenOf(page, surroundings);
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return new AgentClient(http);
    }

    private static string? TokenOf(PageOptions page, CliSurroundings surroundings) => page switch
    {
        { TokenFile: { } file } => TokenFile.Read(file),
        { TokenVariable: { } name } => surroundings.Variable(name),
        _ => null,
    };

    // Of an agent's settings the page alone is wanted: whatever else is wrong with them the agent tells.
    private static PageOptions Settings(string? named, CliSurroundings surroundings)
    {
        var file = AgentSettings.FileOf(surroundings, named);
        if (named is null && !File.Exists(file))
        {
            return new PageOptions();
        }

        try
        {
            return AgentConfiguration.Read([new ConfigText(file, File.ReadAllText(file))], surroundings.Environment, flags: []).Options.Agent.Page;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--config: '{file}' cannot be read: {error.Message}", error);
        }
    }
}
