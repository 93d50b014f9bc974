using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Runner.Testing.Docker;

/// <summary>
/// A real image registry (Debian's <c>docker-registry</c>) on this machine that wants a login. Engines and containerd speak plain HTTP to an
/// address of <c>127.0.0.0/8</c> unasked. What is missing for it is in <see cref="Missing"/>, by which tests skip.
/// </summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    /// <summary>Who may pull.</summary>
    public const string User = "puller";

    /// <summary>With what.</summary>
    public const string Password = "correct-horse";

    /// <summary>Matches what engines and nodes, each in its words, say of a login that is wrong or missing.</summary>
    public const string Refusal = "(?i)unauthorized|authorization failed|authentication required|no basic auth credentials";

    private const string Program = "/usr/bin/docker-registry";
    private const string PasswordHash = "$2y$05$abcdefghijklmnopqrstuuZ0Fx87Pb/Aqb0E90lfvCwzXnaFKUHpS"; // bcrypt of it
    private const string LayerType = "application/vnd.docker.image.rootfs.diff.tar";
    private const string ConfigType = "application/vnd.docker.container.image.v1+json";
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private Process? _registry;
    private HttpClient? _http;

    /// <summary>Why there is none, or <c>null</c>: there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>Its address, as images begin with it.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Missing = !File.Exists(Program) ? $"{Program} is not installed (Debian: docker-registry)"
            : !File.Exists(BusyboxSystem.Program) ? $"{BusyboxSystem.Program} is not installed (Debian: busybox-static)"
            : null;
        if (Missing is not null)
        {
            return;
        }

        await File.WriteAllTextAsync(_folder["users"], $"{User}:{PasswordHash}\n");
        await File.WriteAllTextAsync(_folder["config.yml"], $$$"""
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: "{{{_folder["data"]}}}"}}
            http: {addr: "{{{Address}}}"}
            auth: {htpasswd: {realm: test, path: "{{{_folder["users"]}}}"}}
            """);
        _registry = Process.Start(new ProcessStartInfo(Program, ["serve", _folder["config.yml"]]) { RedirectStandardError = true, RedirectStandardOutput = true });
        _registry?.BeginErrorReadLine();
        _registry?.BeginOutputReadLine();
#pragma warning disable RS0030 // The test run's composition root.
        _http = new HttpClient { BaseAddress = new Uri($"http://{Address}/v2/") };
#pragma warning restore RS0030
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        Missing = await AnswersAsync(_http) ? null : "docker-registry does not start on this machine";
    }

    /// <summary>Puts a busybox under a name of its own into the registry, which no engine or node has yet; gives the image's full name.</summary>
    public async Task<string> PushAsync(CancellationToken cancellationToken)
    {
        var repository = $"private/busybox-{Guid.NewGuid():N}";
        using var layer = await BusyboxSystem.ArchiveAsync();
        var layerBytes = layer.ToArray();
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Cmd = new[] { "sh" }, Env = new[] { "PATH=/bin" } },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(layerBytes) } },
        });
        await UploadAsync(repository, layerBytes, cancellationToken);
        await UploadAsync(repository, config, cancellationToken);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = new { mediaType = ConfigType, size = config.Length, digest = Digest(config) },
            layers = new[] { new { mediaType = LayerType, size = layerBytes.Length, digest = Digest(layerBytes) } },
        });
        using var content = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(ManifestType) } };
        using var answer = await Http.PutAsync($"{repository}/manifests/1", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return $"{Address}/{repository}:1";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_registry is not null)
        {
            _registry.Kill();
            await _registry.WaitForExitAsync();
            _registry.Dispose();
        }

        _folder.Dispose();
    }

    private HttpClient Http => _http ?? throw new InvalidOperationException("There is no registry");

    private async Task UploadAsync(string repository, byte[] blob, CancellationToken cancellationToken)
    {
        using var started = await Http.PostAsync($"{repository}/blobs/uploads/", content: null, cancellationToken);
        started.EnsureSuccessStatusCode();
        var place = started.Headers.Location ?? throw new InvalidOperationException("The registry names no place for the upload");
        using var content = new ByteArrayContent(blob) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var answer = await Http.PutAsync($"{place}{(place.OriginalString.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Digest(blob)}", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (!limit.IsCancellationRequested)
        {
            try
            {
                using var answer = await http.GetAsync(string.Empty, limit.Token);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None); // it does not listen yet
            }
        }

        return false;
    }
}
