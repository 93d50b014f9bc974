using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using static Runner.Cli.Flags.RunFlags;

namespace Runner.Cli.Flags;

/// <summary>The flags of the artifact and cache services. They are one server here, so that the two addresses and ports are one.</summary>
internal sealed class ServiceFlags
{
    public Option<string?> ArtifactPath { get; } = Text("--artifact-server-path", null, "FOLDER", "Keep the artifacts of a run here, as WORKFLOW/NAME.zip.");

    public Option<string?> ArtifactAddress { get; } = Text("--artifact-server-addr", null, "ADDRESS", "Address that the artifact and cache server listens on.");

    public Option<int?> ArtifactPort { get; } = Port("--artifact-server-port", "Port of the artifact and cache server. Default: any free one.");

    public Option<bool> NoCache { get; } = Switch("--no-cache-server", "Serve no caches.");

    public Option<string?> CachePath { get; } = Text("--cache-server-path", null, "FOLDER", "Where caches are kept. Default: runner/caches in the user's cache folder.");

    public Option<string?> CacheAddress { get; } = Text("--cache-server-addr", null, "ADDRESS", "The same as --artifact-server-addr.");

    public Option<int?> CachePort { get; } = Port("--cache-server-port", "The same as --artifact-server-port.");

    public Option<string?> ExternalUrl { get; } = Text("--cache-server-external-url", null, "URL", "Address under which jobs reach that server, where it is another one.");

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [ArtifactPath, ArtifactAddress, ArtifactPort, NoCache, CachePath, CacheAddress, CachePort, ExternalUrl];

    private static Option<int?> Port(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PORT",
        Validators = { OfAPort },
    };

    private static void OfAPort(OptionResult result)
    {
        if (result.Tokens is [.., var last] && int.TryParse(last.Value, out var port) && port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            result.AddError($"{result.Option.Name}: '{last.Value}' is no port, expected 0 to {IPEndPoint.MaxPort}");
        }
    }
}
