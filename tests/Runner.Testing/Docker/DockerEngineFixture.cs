using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;
using Xunit;

namespace Runner.Testing.Docker;

/// <summary>
/// A Docker engine of the tests' own, with folders and socket of its own, and an image made from this machine's static busybox. What is
/// missing for it is in <see cref="Missing"/>, by which tests skip.
/// </summary>
public sealed class DockerEngineFixture : IAsyncLifetime
{
    /// <summary>An image with a shell and some small servers.</summary>
    public const string Image = "local/busybox:1";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private Process? _engine;
    private DockerClient? _client;

    /// <summary>Why there is no engine, or <c>null</c>: there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>Its address.</summary>
    public string Host => $"unix://{_folder["docker.sock"]}";

    /// <summary>A client, to look at what is there.</summary>
    public DockerClient Client => _client ?? throw new InvalidOperationException("There is no engine");

    public async ValueTask InitializeAsync()
    {
        Missing = !OperatingSystem.IsLinux() || Environment.UserName != "root" ? "starting a Docker engine takes root on Linux"
            : FindProgram("dockerd") is null ? "dockerd is not installed (Debian: docker.io)"
            : !File.Exists(BusyboxSystem.Program) ? $"{BusyboxSystem.Program} is not installed (Debian: busybox-static)"
            : null;
        if (Missing is not null)
        {
            return;
        }

        _engine = Process.Start(new ProcessStartInfo(FindProgram("dockerd") ?? "dockerd")
        {
            ArgumentList =
            {
                "--data-root", _folder["data"], "--exec-root", _folder["exec"], "--pidfile", _folder["pid"], "--host", Host, "--log-level", "error",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        });
        _engine?.BeginErrorReadLine();
        _engine?.BeginOutputReadLine();
        _client = new DockerClientBuilder().WithEndpoint(new Uri(Host)).Build();
        Missing = await AnswersAsync(_client) ? null : "dockerd does not start on this machine";
        if (Missing is null)
        {
            await ImportBusyboxAsync(Image, user: null, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_engine is not null)
        {
            using var terminate = Process.Start("kill", [_engine.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _engine.WaitForExitAsync();
            _engine.Dispose();
        }

        _folder.Dispose();
    }

    /// <summary>This machine's address as containers see it.</summary>
    public async Task<string> GatewayAsync(CancellationToken cancellationToken)
    {
        var bridge = await Client.Networks.InspectNetworkAsync("bridge", cancellationToken);
        if (bridge.IPAM?.Config?.FirstOrDefault()?.Gateway is { Length: > 0 } gateway)
        {
            return gateway;
        }

        // An engine that has just made its bridge does not tell the address until it is started again; the interface has it.
        var name = bridge.Options?.TryGetValue("com.docker.network.bridge.name", out var named) == true ? named : "docker0";
        return NetworkInterface.GetAllNetworkInterfaces().Where(card => card.Name == name)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .First(address => address.Address.AddressFamily == AddressFamily.InterNetwork).Address.ToString();
    }

    /// <summary>Makes an image of a folder that is the root of a system.</summary>
    public async Task ImportAsync(string image, string folder, CancellationToken cancellationToken)
    {
        using var tar = Process.Start(new ProcessStartInfo("tar") { ArgumentList = { "-C", folder, "--numeric-owner", "-cf", "-", "." }, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("tar does not start");
        var name = image.Split(':');
        await Client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromSrc = "-", Repo = name[0], Tag = name[1] }, tar.StandardOutput.BaseStream, null, new Progress<JSONMessage>(), cancellationToken);
        await tar.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Makes an image of busybox.</summary>
    /// <param name="image">Its name and tag.</param>
    /// <param name="user">Its <c>USER</c>, or <c>null</c>: none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ImportBusyboxAsync(string image, string? user, CancellationToken cancellationToken)
    {
        using var archive = await BusyboxSystem.ArchiveAsync();
        var name = image.Split(':');
        var import = new ImagesCreateParameters { FromSrc = "-", Repo = name[0], Tag = name[1], Changes = user is null ? [] : [$"USER {user}"] };
        await Client.Images.CreateImageAsync(import, archive, null, new Progress<JSONMessage>(), cancellationToken);
    }

    private static string? FindProgram(string name) =>
        new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static async Task<bool> AnswersAsync(DockerClient client)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (!limit.IsCancellationRequested)
        {
            try
            {
                await client.System.PingAsync(limit.Token);
                return true;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None); // it makes its socket when it is ready
            }
        }

        return false;
    }

}
