using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using Runner.Cli.CommandLine;
using Runner.Emulator.Console;
using Runner.Emulator.Options;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>The flags by which a command finds an emulator, and the client for it.</summary>
internal sealed class EmulatorUrl
{
    /// <summary>Port of an emulator that was not told one.</summary>
    public const int DefaultPort = 7373;

    private const string Variable = "RUNNER_EMULATOR_URL";

    private readonly Option<string?> _url = new("--url") { Description = $"Address of the emulator. Default: ${Variable}, else http://127.0.0.1:{DefaultPort}.", HelpName = "URL" };
    private readonly Option<string?> _token = new("--token-file") { Description = "File of the token that the emulator was started with.", HelpName = "FILE" };

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_token);
    }

    /// <summary>A client by the flags. The caller disposes it.</summary>
    /// <exception cref="OperatorException">The address is none, or there is no such token file.</exception>
    public EmulatorConnection Connect(ParseResult result, CliSurroundings surroundings)
    {
        var text = result.GetValue(_url) ?? surroundings.Variable(Variable) ?? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{DefaultPort}");
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new OperatorException($"--url: '{text}' is no web address, expected one such as http://127.0.0.1:{DefaultPort}");
        }

#pragma warning disable RS0030 // one client for one command of a process that ends with it
        var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        var token = result.GetValue(_token) is { } file ? TokenFile.Read(file) : new EmulatorOptions().PersonalAccessToken.Reveal();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new EmulatorConnection(http, new EmulatorClient(http));
    }
}

/// <summary>A client and the connection under it.</summary>
internal sealed record EmulatorConnection(HttpClient Http, EmulatorClient Client) : IDisposable
{
    public void Dispose() => Http.Dispose();
}
