using System.Net;

namespace Runner.Cli.CommandLine;

/// <summary>Reads the web addresses that flags take. The command line's own reader knows no addresses, and would end the program.</summary>
internal static class WebAddress
{
    /// <summary>An address such as <c>https://runner.example:8080</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri Read(string flag, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? address
            : throw new UsageException($"{flag}: '{text}' is no web address, expected one such as http://192.0.2.7:8080");

    /// <summary>The name of a server, and its port where it has one of its own, such as <c>ghes.example:8443</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string ReadHost(string flag, string text) =>
        Uri.TryCreate($"https://{text}", UriKind.Absolute, out var address) && address.Authority.Equals(text, StringComparison.OrdinalIgnoreCase)
            ? text
            : throw new UsageException($"{flag}: '{text}' is no server's name, expected one such as github.com");

    /// <summary>An address to listen on, such as <c>http://127.0.0.1:80</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri ReadLocal(string flag, string text)
    {
        var address = Read(flag, text);
        ListenAddress.Check(flag, address.DnsSafeHost);
        return address.Scheme == "http"
            ? address
            : throw new UsageException($"{flag}: '{text}' is no address to listen on, expected one such as http://127.0.0.1:80: there is no certificate for https");
    }
}

/// <summary>Reads the addresses to listen on that flags take.</summary>
internal static class ListenAddress
{
    /// <summary>An IP address, or this machine's own name for itself. The web server would take any other name for all addresses there are.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string Check(string flag, string text) =>
        IPAddress.TryParse(text, out _) || text.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            ? text
            : throw new UsageException($"{flag}: '{text}' is no address of this machine, expected one such as 127.0.0.1, or 0.0.0.0 for all");
}

/// <summary>Reads the ports that flags take.</summary>
internal static class Ports
{
    /// <summary>A port, or 0 for any free one.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static int Check(string flag, int port) =>
        port is >= 0 and <= 65535 ? port : throw new UsageException($"{flag}: {port} is no port, expected 0 to 65535");
}
