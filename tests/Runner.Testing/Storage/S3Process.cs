using System.Diagnostics;
using System.Globalization;

namespace Runner.Testing.Storage;

/// <summary>An S3 server over a folder of its own: <c>s3rver</c> behind a door that makes it keep what S3 does (<c>s3-server.mjs</c>), with the buckets <c>kept</c>, <c>plain</c>, <c>strict</c> and <c>sealed</c>.</summary>
public sealed class S3Process : IAsyncDisposable
{
    /// <summary>Both halves of the credentials that it takes.</summary>
    public const string Credential = "S3RVER";

    private const string Package = "@20minutes/s3rver";

    private readonly TempFolder _folder = new();
    private readonly Process _process;

    private S3Process()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Storage", "s3-server.mjs");
        _process = Process.Start(new ProcessStartInfo(NpmPackages.Node, [script, _folder.FullPath, NpmPackages.Modules])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true, // it ends with whoever holds it
        }) ?? throw new InvalidOperationException("node could not be started");
    }

    /// <summary>Whether what it is made of is there.</summary>
    public static bool IsInstalled => NpmPackages.Has(Package);

    /// <summary>What a test says when it skips itself.</summary>
    public static string SkipReason => $"{Package} is not in {NpmPackages.Modules}: run scripts/npm-clients.sh";

    /// <summary>Its address.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>The server behind the door, which streams what it takes and looks at no condition.</summary>
    public Uri BareUrl { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts one; it listens when this returns.</summary>
    public static async Task<S3Process> StartAsync(CancellationToken cancellationToken)
    {
        var server = new S3Process();
        var line = await server._process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line?.Split(' ') is not ["READY", var port, var bare])
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The S3 server did not start: {line}");
        }

        (server.Url, server.BareUrl) = (AddressOf(port), AddressOf(bare));
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static Uri AddressOf(string port) => new UriBuilder("http", "127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture)).Uri;
}
