using Runner.Services.S3;
using Runner.Testing.Storage;

[assembly: AssemblyFixture(typeof(Runner.Services.Tests.S3.S3Server))]

namespace Runner.Services.Tests.S3;

/// <summary>
/// An S3 server for all tests of the assembly, or the one that <c>RUNNER_TEST_S3</c> names, with the credentials of the environment and a bucket <c>kept</c>. Tests keep apart by their prefixes.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    private S3Process? _process;
    private Uri? _url;

    /// <summary>Its address.</summary>
    public Uri Url
    {
        get
        {
            Assert.SkipUnless(_url is not null, S3Process.SkipReason);
            return _url;
        }
    }

    /// <summary>Whether it is the tests' own, with buckets that behave otherwise.</summary>
    public bool IsOwn => _process is not null;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
#pragma warning disable RS0030 // whoever runs the tests may name a server
        if (Environment.GetEnvironmentVariable("RUNNER_TEST_S3") is { Length: > 0 } named)
#pragma warning restore RS0030
        {
            _url = new Uri(named);
        }
        else if (S3Process.IsInstalled)
        {
            // Found as a server finds them: by the SDK itself.
            Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", S3Process.Credential);
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", S3Process.Credential);
            _process = await S3Process.StartAsync(CancellationToken.None);
            _url = _process.Url;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A place of a test's own.</summary>
    internal S3Options NewPlace(string bucket = "kept") => new() { Bucket = bucket, Endpoint = Url, Prefix = Guid.NewGuid().ToString("N") + "/" };
}
