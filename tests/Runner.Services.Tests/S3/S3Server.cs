using System.Diagnostics;
using System.Globalization;
using Runner.Services.S3;
using Runner.Testing;

[assembly: AssemblyFixture(typeof(Runner.Services.Tests.S3.S3Server))]

namespace Runner.Services.Tests.S3;

/// <summary>
/// An S3 server for all tests of the assembly (<c>s3-server.mjs</c>), or one that <c>RUNNER_TEST_S3</c> names, with the credentials of the environment and a bucket <c>kept</c>. Tests keep apart by
/// their prefixes.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private Process? _process;
    private Uri? _url;

    /// <summary>Its address.</summary>
    public Uri Url
    {
        get
        {
            Assert.SkipUnless(_url is not null, $"s3rver is not in {NpmPackages.Modules}: run scripts/npm-clients.sh");
            return _url;
        }
    }

    /// <summary>Whether it is one of the machine's own, with buckets that behave otherwise.</summary>
    public bool IsOwn => _process is not null;

    /// <summary>A place of a test's own.</summary>
    internal S3Options NewPlace(string bucket = "kept") => new() { Bucket = bucket, Endpoint = Url, Prefix = Guid.NewGuid().ToString("N") + "/" };

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
#pragma warning disable RS0030 // whoever runs the tests may name a server
        if (Environment.GetEnvironmentVariable("RUNNER_TEST_S3") is { Length: > 0 } named)
#pragma warning restore RS0030
        {
            _url = new Uri(named);
            return;
        }

        if (!NpmPackages.Has("@20minutes/s3rver"))
        {
            return;
        }

        // Found as a server finds them: by the SDK itself.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
        var script = Path.Combine(AppContext.BaseDirectory, "S3", "s3-server.mjs");
        _process = Process.Start(new ProcessStartInfo(NpmPackages.Node, [script, _folder.FullPath, NpmPackages.Modules]) { RedirectStandardOutput = true, RedirectStandardInput = true });
        var line = await _process!.StandardOutput.ReadLineAsync();
        var port = line?.StartsWith("READY ", StringComparison.Ordinal) == true ? line["READY ".Length..] : throw new InvalidOperationException($"no server: {line}");
        _url = new UriBuilder("http", "127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture)).Uri;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }
}
