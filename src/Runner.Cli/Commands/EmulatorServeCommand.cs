using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Runner.Cli.CommandLine;
using Runner.Emulator;
using Runner.Emulator.Console;
using Runner.Emulator.Options;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator serve</c>.</summary>
internal static class EmulatorServeCommand
{
    private static readonly TimeSpan LongestLag = TimeSpan.FromHours(1);

    public static Command Build(CliSurroundings surroundings)
    {
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 takes any free one.", DefaultValueFactory = _ => EmulatorUrl.DefaultPort, HelpName = "PORT" };
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        var also = new Option<string[]>("--also-listen") { Description = $"A further address. May be repeated. Default: port {ConfigPort.Number} too, where it is free: config.sh of GitHub's runner drops other ports.", HelpName = "URL" };
        var publicUrl = new Option<string?>("--public-url") { Description = "Address under which runners reach the server, where it is another one.", HelpName = "URL" };
        var token = new Option<string?>("--token-file") { Description = "File of the personal access token that agents must show. Default: the token 'emulator'.", HelpName = "FILE" };
        var urlFile = new Option<string?>("--url-file") { Description = "File to write the address to once the server listens.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "Folder to keep logs in. Default: a temporary one.", HelpName = "FOLDER" };
        var actions = new Option<string?>("--actions") { Description = "Folder of actions, each at OWNER/REPO below it: git repositories or plain folders.", HelpName = "DIR" };
        var action = new Option<string[]>("--action") { Description = "One action's repository or folder. May be repeated.", HelpName = "OWNER/REPO=PATH" };
        var lag = new Option<string?>("--registration-lag") { Description = "Seconds for which a new registration is not known to the token endpoint yet, as GitHub shows now and then. Default: 0.", HelpName = "SECONDS" };
        var acquire = new Option<bool>("--acquire") { Description = "Offer jobs to scale sets, which must acquire them, as Enterprise Server does. Default: assign them, as on github.com." };
        var older = new Option<bool>("--v1") { Description = "Speak the older protocol, with pools and timelines, as Enterprise Server does. Default: that of github.com." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Do not print what happens." };
        var command = new Command("serve", "Run the local GitHub until told to stop.") { port, listen, also, publicUrl, token, urlFile, data, actions, action, lag, acquire, older, quiet };
        command.SetAction((result, cancellationToken) =>
        {
            var options = new EmulatorOptions
            {
                Port = Ports.Check(port.Name, result.GetValue(port)),
                ListenAddress = ListenAddress.Check(listen.Name, result.GetRequiredValue(listen)),
                PublicUrl = result.GetValue(publicUrl) is { } url ? WebAddress.Read(publicUrl.Name, url) : null,
                DataFolder = result.GetValue(data),
                ScaleSetsAcquire = result.GetValue(acquire),
                Protocol = result.GetValue(older) ? EmulatorProtocol.V1 : EmulatorProtocol.V2,
                ActionsFolder = result.GetValue(actions),
                ActionRepositories = ActionFlag.Read(result.GetValue(action) ?? []),
            };
            if (result.GetValue(lag) is { } seconds)
            {
                options.RegistrationLag = ReadLag(lag.Name, seconds);
            }

            if (result.GetValue(token) is { } file)
            {
                options.PersonalAccessToken = new Secret(TokenFile.Read(file));
            }

            options.AlsoListen = result.GetValue(also) is { Length: > 0 } named ? [.. named.Select(url => WebAddress.ReadLocal(also.Name, url))] : ConfigPort.For(options);
            return ServeAsync(surroundings, options, result.GetValue(urlFile), result.GetValue(quiet), cancellationToken);
        });
        return command;
    }

    private static async Task<int> ServeAsync(
        CliSurroundings surroundings, EmulatorOptions options, string? urlFile, bool isQuiet, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var server = await StartAsync(options, cancellationToken);
        await surroundings.Out.WriteLineAsync($"The emulator listens at {server.Url}");
        await surroundings.Out.WriteLineAsync(ConfigPort.Describe(options));
        await surroundings.Out.FlushAsync(cancellationToken);
        if (urlFile is not null)
        {
            await WriteAsync(urlFile, server.Url.AbsoluteUri.TrimEnd('/'), cancellationToken);
        }

        try
        {
            await (isQuiet
                ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token)
                : new EmulatorConsole(server, surroundings.Out, surroundings.UseColors).FollowAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }

        return ExitCodes.Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static TimeSpan ReadLag(string name, string written) =>
        double.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestLag.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"{name}: '{written}' is no number of seconds from 0 to {LongestLag.TotalSeconds:0}");

    private static async Task WriteAsync(string urlFile, string url, CancellationToken cancellationToken)
    {
        try
        {
            // Whoever waits for the file must not read half of it.
            await File.WriteAllTextAsync(urlFile + ".new", url, cancellationToken);
            File.Move(urlFile + ".new", urlFile, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--url-file: '{urlFile}' cannot be written: {error.Message}", error);
        }
    }

    private static async Task<EmulatorServer> StartAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        try
        {
            if (options.DataFolder is { } folder)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OperatorException($"--data: the folder '{options.DataFolder}' cannot be made: {error.Message}", error);
        }

        try
        {
            return await EmulatorServer.StartAsync(options, cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException or FormatException or ArgumentException or InvalidOperationException)
        {
            var others = options.AlsoListen.Count == 0 ? string.Empty : $" and {string.Join(", ", options.AlsoListen.Select(address => address.Authority))}";
            throw new OperatorException($"The emulator cannot listen on {options.ListenAddress}:{options.Port}{others}: {Causes.Of(error)}", error);
        }
    }
}
