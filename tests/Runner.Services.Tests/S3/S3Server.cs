using Runner.Services.S3;
using Runner.Testing.Storage;

[assembly: AssemblyFixture(typeof(Runner.Services.Tests.S3.S3Server))]

namespace Runner.Services.Tests.S3;

/// <summary>
/// An S3 server for all tests of the assembly, or the one that <c>RUNNER_TEST_S3</c> names, with the credentials of the environment and a bucket <c>kept</c>. Tests keep apart by their prefixes.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    // A test's own; see TestEmulator.
#pragma warning disable RS0030
    private readonly HttpClient _http = new();
#pragma warning restore RS0030

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
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _process?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Lets calls of a place fail until it is disposed.</summary>
    /// <param name="place">The place.</param>
    /// <param name="method">Their method.</param>
    /// <param name="keys">What their keys begin with there.</param>
    /// <param name="when"><c>before</c> or <c>after</c> they are done.</param>
    internal async Task<IAsyncDisposable> FailAsync(S3Options place, string method, string keys, string when = "before")
    {
        Assert.SkipUnless(IsOwn, "the server that RUNNER_TEST_S3 names fails when it likes");
        var name = Guid.NewGuid().ToString("N");
        using var answer = await _http.PostAsync(
            new Uri(Url, "faults"), new StringContent($"{name} {when} {method} /{place.Bucket}/{place.Prefix}{keys}"), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new Fault(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(Url, "faults")) { Content = new StringContent(name) };
            using var end = await _http.SendAsync(request, CancellationToken.None);
        });
    }

    /// <summary>A place of a test's own.</summary>
    internal S3Options NewPlace(string bucket = "kept") => new() { Bucket = bucket, Endpoint = Url, Prefix = Guid.NewGuid().ToString("N") + "/" };

    private sealed class Fault(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
