using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Services.Hosting;
using Runner.Services.Records;

namespace Runner.Cli.Commands;

/// <summary><c>runner services</c>.</summary>
internal static class ServicesCommand
{
    private const long SmallestSize = 1L << 30;
    private const int MostDays = 3650;

    public static Command Build(CliSurroundings surroundings)
    {
        var data = new Option<string?>("--data") { Description = "Folder to keep artifacts and caches in.", HelpName = "FOLDER" };
        var bucket = new BucketFlags();
        var key = new Option<string>("--key-file") { Description = "File of the key that agents have as services.keyFile: 32 bytes or more.", HelpName = "FILE", Required = true };
        var publicUrl = new Option<string?>("--public-url") { Description = "Address under which jobs reach the server. Default: the one it listens on.", HelpName = "URL" };
        var listen = new Option<string>("--listen") { Description = "Address to listen on, 0.0.0.0 for all.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        var port = new Option<int>("--port") { Description = "Port for jobs; 0 takes any free one.", DefaultValueFactory = _ => 8090, HelpName = "PORT" };
        var metricsPort = new Option<int>("--metrics-port") { Description = "Port for /metrics and /healthz; 0 takes any free one.", DefaultValueFactory = _ => 8091, HelpName = "PORT" };
        var size = new Option<string>("--size") { Description = "Size of the disk, or the room in the bucket. Caches and artifacts take nine tenths of it at most.", DefaultValueFactory = _ => "50Gi", HelpName = "SIZE" };
        var cacheSize = new Option<string>("--cache-size") { Description = "What the caches of one repository may take of it, before the least recently used go.", DefaultValueFactory = _ => "10Gi", HelpName = "SIZE" };
        var cacheDays = new Option<int>("--cache-days") { Description = "Days after which a cache goes that nobody used.", DefaultValueFactory = _ => 7, HelpName = "DAYS" };
        var artifactDays = new Option<int>("--artifact-days") { Description = "Days for which artifacts are kept at most.", DefaultValueFactory = _ => 90, HelpName = "DAYS" };
        var noArtifacts = new Option<bool>("--no-artifacts") { Description = "Serve caches alone; artifacts stay with GitHub." };
        var command = new Command("services", "Serve caches and artifacts to the jobs of agents, near them.")
        {
            data, key, publicUrl, listen, port, metricsPort, size, cacheSize, cacheDays, artifactDays, noArtifacts,
        };
        foreach (var flag in bucket.All)
        {
            command.Options.Add(flag);
        }

        command.SetAction((result, cancellationToken) =>
        {
            var hasArtifacts = !result.GetValue(noArtifacts);
            var limits = ClusterLimits.Of(ReadSize(size.Name, result.GetRequiredValue(size)), ReadSize(cacheSize.Name, result.GetRequiredValue(cacheSize)), hasArtifacts);
            var address = ListenAddress.Check(listen.Name, result.GetRequiredValue(listen));
            var jobsPort = Ports.Check(port.Name, result.GetValue(port));
            var options = new ClusterServicesOptions
            {
                Bucket = bucket.Read(result, data),
                Folder = result.GetValue(data) ?? string.Empty,
                KeyFile = result.GetRequiredValue(key),
                PublicUrl = result.GetValue(publicUrl) is { } url ? WebAddress.Read(publicUrl.Name, url) : OwnUrl(publicUrl.Name, address, jobsPort),
                ListenAddress = address,
                Port = jobsPort,
                MetricsPort = Ports.Check(metricsPort.Name, result.GetValue(metricsPort)),
                ServesArtifacts = hasArtifacts,
                Version = VersionCommand.Version,
                Limits = limits with
                {
                    CacheLifetime = ReadDays(cacheDays.Name, result.GetValue(cacheDays)),
                    ArtifactLifetime = ReadDays(artifactDays.Name, result.GetValue(artifactDays)),
                },
            };
            return ServeAsync(surroundings, options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ServeAsync(CliSurroundings surroundings, ClusterServicesOptions options, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var services = await StartAsync(options, cancellationToken);
        await surroundings.Out.WriteLineAsync(
            $"{(options.ServesArtifacts ? "Caches and artifacts" : "Caches")} are served at {services.Url}, metrics at {services.MetricsUrl}metrics");
        await surroundings.Out.FlushAsync(cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<ClusterServices> StartAsync(ClusterServicesOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await ClusterServices.StartAsync(options, cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"The services cannot start with {options.Bucket?.Name ?? options.Folder} at {options.ListenAddress}:{options.Port} and {options.MetricsPort}: {Causes.Of(error)}", error);
        }
    }

    private static Uri OwnUrl(string flag, string address, int port) =>
        address is "0.0.0.0" or "::"
            ? throw new UsageException($"{flag}: is missing: jobs cannot reach {address}, expected the server's name such as http://runner-services.ci.svc:8090")
            : new UriBuilder("http", address, port).Uri;

    private static long ReadSize(string flag, string text) =>
        Quantity.TryParse(text, out var bytes) && bytes is >= SmallestSize and <= long.MaxValue
            ? (long)bytes
            : throw new UsageException($"{flag}: '{text}' is no size of at least 1Gi, expected one such as 50Gi");

    private static TimeSpan ReadDays(string flag, int days) =>
        days is > 0 and <= MostDays ? TimeSpan.FromDays(days) : throw new UsageException($"{flag}: {days} is no number of days from 1 to {MostDays}");
}
