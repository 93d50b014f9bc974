using System.Net;
using System.Net.Sockets;
using Runner.Cli.CommandLine;
using Runner.Cli.Settings;

namespace Runner.Cli.Running;

/// <summary>Settings of the artifact and cache services of local runs.</summary>
internal sealed record ServiceSettings
{
    private const string AddressFlag = "--artifact-server-addr";
    private const string PortFlag = "--artifact-server-port";

    /// <summary>Folder that artifacts are copied to when the runs are over, or <c>null</c>: they end with the runs.</summary>
    public string? ArtifactFolder { get; init; }

    /// <summary>Folder of caches, kept from run to run; <c>null</c>: there are no caches.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Address to listen on.</summary>
    public required string ListenAddress { get; init; }

    /// <summary>Port; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Address under which jobs reach the services; <c>null</c>: the one they listen on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>What the command line says of them.</summary>
    /// <param name="flags">That part of it.</param>
    /// <param name="surroundings">The process.</param>
    /// <param name="isOnThisMachine">Whether jobs are processes of this machine, which reach it by its loopback address.</param>
    /// <exception cref="UsageException">A value has another form, or contradicts another one.</exception>
    public static ServiceSettings Of(ServiceFlagValues flags, CliSurroundings surroundings, bool isOnThisMachine)
    {
        var address = One(AddressFlag, flags.ArtifactAddress, "--cache-server-addr", flags.CacheAddress);
        if (address is not null)
        {
            CommandLine.ListenAddress.Check(AddressFlag, address);
        }

        return new ServiceSettings
        {
            ArtifactFolder = flags.ArtifactPath is { } artifacts ? Path.GetFullPath(artifacts, surroundings.WorkingFolder) : null,
            CacheFolder = flags.HasNoCache ? null
                : flags.CachePath is { } caches ? Path.GetFullPath(caches, surroundings.WorkingFolder)
                : Path.Combine(UserCache.FolderOf(surroundings), "caches"),
            ListenAddress = address ?? (isOnThisMachine ? "127.0.0.1" : "0.0.0.0"),
            Port = Ports.Check(PortFlag, One(PortFlag, flags.ArtifactPort, "--cache-server-port", flags.CachePort) ?? 0),
            PublicUrl = flags.ExternalUrl is { } url
                ? Uri.TryCreate(url, UriKind.Absolute, out var named) && named.Scheme is "http" or "https"
                    ? named
                    : throw new UsageException($"--cache-server-external-url: '{url}' is no web address, expected one such as http://192.0.2.7:8080")
                : address is null && !isOnThisMachine ? new UriBuilder("http", OutboundAddress(), 0).Uri : null,
        };
    }

    private static T? One<T>(string firstFlag, T? first, string secondFlag, T? second) => (first, second) switch
    {
        (null, var value) => value,
        (var value, null) => value,
        var (one, other) when one.Equals(other) => one,
        var (one, other) => throw new UsageException($"{firstFlag} {one} and {secondFlag} {other}: artifacts and caches are one server, give one of them"),
    };

    // The address by which other networks reach this machine. No packet is sent: connecting a datagram socket only chooses a route.
    private static string OutboundAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9); // TEST-NET-1 of RFC 5737
            return (socket.LocalEndPoint as IPEndPoint)?.Address.ToString() ?? "127.0.0.1";
        }
        catch (SocketException)
        {
            return "127.0.0.1"; // no network: nobody but this machine itself can be meant
        }
    }
}
