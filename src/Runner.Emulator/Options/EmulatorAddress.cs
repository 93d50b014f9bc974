using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Runner.Emulator.Options;

/// <summary>The addresses that the emulator gives to runners and workers. Each ends in a slash: clients resolve names against it.</summary>
internal sealed class EmulatorAddress(EmulatorOptions options, IServer server)
{
    /// <summary>The server's own root.</summary>
    public Uri Root => options.PublicUrl is { } named ? WithPort(named) : Listening;

    /// <summary>Root of the blob routes.</summary>
    public Uri Blobs => new(Root, "blobs/");

    /// <summary>The WebSocket of live log lines. GitHub's runner takes it as it is, so its scheme must be a WebSocket's.</summary>
    public Uri Feed => new UriBuilder(new Uri(Root, "_ws/ingest.sock")) { Scheme = Root.Scheme == "https" ? "wss" : "ws" }.Uri;

    private Uri Listening
    {
        get
        {
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
                ?? throw new InvalidOperationException("The emulator does not listen yet.");
            var uri = new Uri(address.Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal));
            return uri.Host == "0.0.0.0" ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri : uri;
        }
    }

    /// <summary>The broker of a root; also what stands as tenant address, so that runners open no second (V1) connection.</summary>
    public static Uri Broker(Uri root) => new(root, "broker/");

    /// <summary>The message queue of scale sets: the token alone says of which.</summary>
    public Uri ScaleSetQueue => new(Broker(Root), "scalesets/message");

    /// <summary>The OAuth token endpoint of a root.</summary>
    public static Uri Token(Uri root) => new(root, "oauth/token");

    /// <summary>Issuer of id tokens.</summary>
    public Uri Issuer => new(Root, "oidc");

    /// <summary>
    /// What jobs take for GitHub's own address. Clients refuse artifacts of any host but <c>github.com</c> and those below
    /// <c>.ghe.com</c> and <c>.localhost</c>, so a loopback address gets a name of the latter kind, which curl and git resolve by themselves.
    /// </summary>
    public Uri ServerUrl => options.ServerUrl ?? (Root.IsLoopback ? new UriBuilder(Root) { Host = "github.localhost" }.Uri : Root);

    /// <summary>Where a job asks for its id token; clients add <c>&amp;audience=</c>.</summary>
    public Uri IdToken(Guid plan, Guid job) => new(Root, $"idtoken/{plan:D}/{job:D}?api-version=2.0");

    /// <summary>Whether a host name is one that the server was given to be reached by.</summary>
    public bool IsOwnName(string host) =>
        options.AlsoListen.Append(options.PublicUrl).Append(options.ServerUrl).Select(url => url?.IdnHost).Append(options.ListenAddress)
            .Any(name => host.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The run service for a plan.</summary>
    public Uri RunService(Guid plan) => new(Root, $"run-service/{plan:D}/");

    /// <summary>
    /// The root as a client named it that was configured with an address of ours: GitHub's runner insists that the services stand
    /// under the very authority it was configured with (<c>registration.md</c> section 4).
    /// </summary>
    public static Uri RootOf(Uri configured) => new(configured.GetLeftPart(UriPartial.Authority) + "/");

    private Uri WithPort(Uri named)
    {
        var builder = new UriBuilder(named);
        builder.Port = named.Port == 0 ? Listening.Port : named.Port;
        builder.Path = builder.Path.TrimEnd('/') + "/";
        return builder.Uri;
    }
}
