using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Runner.Emulator.Options;

namespace Runner.Cli.Commands;

/// <summary>
/// The port that <c>config.sh</c> of GitHub's own runner registers at: it builds <c>{scheme}://{host}/api/v3/…</c> of the address that it is
/// given, without the port. All that it is told then has the port again, and <c>--jitconfig</c> needs nothing of this.
/// </summary>
internal static class ConfigPort
{
    /// <summary>The port of plain HTTP.</summary>
    public const int Number = 80;

    /// <summary>The address to listen on beside the emulator's own; none where it is that, or cannot be had.</summary>
    public static IReadOnlyList<Uri> For(EmulatorOptions options) =>
        options.Port != Number && IPAddress.TryParse(options.ListenAddress, out var address) && IsFree(address)
            ? [new UriBuilder("http", options.ListenAddress, Number).Uri]
            : [];

    /// <summary>Tells a user whether <c>config.sh</c> can be used.</summary>
    public static string Describe(EmulatorOptions options) =>
        options.Port == Number || options.AlsoListen.Any(address => address.Port == Number)
            ? $"GitHub's own runner registers here by config.sh (port {Number} is ours too) and by --jitconfig: see docs/emulator.md"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"GitHub's own runner can be used by --jitconfig; config.sh needs port {Number}, which is taken or needs root: see docs/emulator.md");

    private static bool IsFree(IPAddress address)
    {
        try
        {
            using var listener = new TcpListener(address, Number);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false; // in use, or for root only
        }
    }
}
