using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;

namespace Runner.Cli.Running;

/// <summary>Settings of the artifact and cache services of local runs.</summary>
internal sealed record ServiceSettings
{
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

    /// <summary>Reads the flags.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="surroundings">The process.</param>
    /// <param name="isOnThisMachine">Whether jobs are processes of this machine, which reach it by its loopback address.</param>
    /// <exception cref="UsageException">A flag has another form, or contradicts another one.</exception>
    public static ServiceSettings Read(ParseResult result, ServiceFlags flags, CliSurroundings surroundings, bool isOnThisMachine)
    {
        var address = One(result, flags.ArtifactAddress, flags.CacheAddress);
        if (address is not null)
        {
            CommandLine.ListenAddress.Check(flags.ArtifactAddress.Name, address);
        }

        return new ServiceSettings
        {
            ArtifactFolder = result.GetValue(flags.ArtifactPath) is { } artifacts ? Path.GetFullPath(artifacts, surroundings.WorkingFolder) : null,
            CacheFolder = result.GetValue(flags.NoCache) ? null
                : result.GetValue(flags.CachePath) is { } caches ? Path.GetFullPath(caches, surroundings.WorkingFolder)
                : Path.Combine(UserCache.FolderOf(surroundings), "caches"),
            ListenAddress = address ?? (isOnThisMachine ? "127.0.0.1" : "0.0.0.0"),
            Port = Ports.Check(flags.ArtifactPort.Name, One(result, flags.ArtifactPort, flags.CachePort) ?? 0),
            PublicUrl = result.GetValue(flags.ExternalUrl) is { } url
                ? Uri.TryCreate(url, UriKind.Absolute, out var named) && named.Scheme is "http" or "https"
                    ? named
                    : throw new UsageException($"{flags.ExternalUrl.Name}: '{url}' is no web address, expected one such as http://192.0.2.7:8080")
                : address is null && !isOnThisMachine ? new UriBuilder("http", OutboundAddress(), 0).Uri : null,
        };
    }

    private static T? One<T>(ParseResult result, Option<T?> first, Option<T?> second) => (result.GetValue(first), result.GetValue(second)) switch
    {
        (null, var value) => value,
        (var value, null) => value,
        var (one, other) when one.Equals(other) => one,
        var (one, other) => throw new UsageException($"{first.Name} {one} and {second.Name} {other}: artifacts and caches are one server, give one of them"),
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
