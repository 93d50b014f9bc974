using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Runner.Testing.Http;

namespace Runner.Testing.Network;

/// <summary>A server that a proxy alone leads to, with a certificate of an authority that no system knows. It has a git repository of one branch.</summary>
public sealed class SecretSite : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    public const string Host = "secret.test";
    /// <summary>What the branch of its repository <c>repo.git</c> is at.</summary>
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TestCertificates _certificates = new(Host);
    private readonly WebApplication _server;

    private SecretSite(string? credentials)
    {
        Proxy = new ConnectProxy(credentials);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(_certificates.Server)));
        _server = builder.Build();
        _server.Run(context => context.Response.WriteAsync(Answer(context.Request.Path), context.RequestAborted));
    }

    /// <summary>The way there.</summary>
    public ConnectProxy Proxy { get; }

    /// <summary>The server's port of this machine.</summary>
    public int Port => new Uri(_server.Urls.First()).Port;

    /// <summary>The certificate of its authority.</summary>
    public string AuthorityPem => _certificates.AuthorityPem;

    /// <summary>Starts server and proxy.</summary>
    /// <param name="credentials"><c>user:password</c> that the proxy asks for, or <c>null</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<SecretSite> StartAsync(string? credentials, CancellationToken cancellationToken)
    {
        var site = new SecretSite(credentials);
        await site._server.StartAsync(cancellationToken);
        site.Proxy.Route(Host, site.Port);
        return site;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _server.DisposeAsync();
        _certificates.Dispose();
    }

    // Git's "dumb" protocol is a few files.
    private static string Answer(PathString path) => path.Value switch
    {
        "/repo.git/info/refs" => $"{Commit}\trefs/heads/main\n",
        "/repo.git/HEAD" => "ref: refs/heads/main\n",
        _ => "hello from the other side",
    };
}
