using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Callers;
using Runner.Services.Blobs;
using Runner.Services.Callers;
using Runner.Services.Records;

namespace Runner.Services;

/// <summary>Settings of <see cref="LocalServices"/>.</summary>
public sealed record LocalServicesOptions
{
    /// <summary>Folder of artifacts and caches; what an earlier process left there is found again. Required.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder of caches, which one process uses at a time. Default <c>null</c>: <see cref="Folder"/>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Whether there are caches. Default true; without, the calls of a client find nobody, which it takes for a miss.</summary>
    public bool ServesCaches { get; init; } = true;

    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 takes any free one. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>Address under which jobs reach the server. Default <c>null</c>: the one it listens on. A port of 0 stands for the port in use.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>How much may be kept, and for how long.</summary>
    public ServiceLimits Limits { get; init; } = new();

    /// <summary>The clock. Default the machine's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Artifact and cache services on a port of their own, for the jobs of a local run.</summary>
/// <remarks>
/// Put <see cref="Url"/> into the job message as <c>ResultsServiceUrl</c>, <c>CacheServerUrl</c> and <c>PipelinesServiceUrl</c>, a token
/// of <see cref="NewToken"/> as <c>AccessToken</c> and the variable <c>actions_uses_cache_service_v2</c> as <c>true</c>. Clients refuse
/// artifacts where <c>server_url</c> is neither github.com nor below <c>.ghe.com</c> or <c>.localhost</c>.
/// </remarks>
public sealed class LocalServices : IAsyncDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(24);

    private readonly WebApplication _app;
    private readonly RuntimeTokens _tokens;
    private readonly TokenCallers _callers;
    private readonly FolderStores _folders;
    private readonly ServedStores _stores;
    private readonly Uri? _publicUrl;

    private LocalServices(WebApplication app, LocalServicesOptions options)
    {
        _app = app;
        _tokens = new RuntimeTokens(RandomNumberGenerator.GetBytes(32), options.Time);
        _callers = new TokenCallers(_tokens);
        _folders = new FolderStores(options.Limits, options.Time);
        _stores = ServedStores.InFolders(options.Folder, options.ServesCaches ? options.CacheFolder ?? options.Folder : null, _folders, options.Time);
        _publicUrl = options.PublicUrl;
    }

    /// <summary>Address of all services, ending in a slash.</summary>
    public Uri Url
    {
        get
        {
            var listening = new Uri(_app.Urls.First());
            var url = new UriBuilder(_publicUrl ?? listening);
            url.Port = url.Port is 0 or -1 ? listening.Port : url.Port;
            url.Host = url.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : url.Host;
            url.Path = url.Path.TrimEnd('/') + "/";
            return url.Uri;
        }
    }

    /// <summary>Starts the server. It listens when this returns.</summary>
    /// <exception cref="IOException">The port is taken, or the folder cannot be used.</exception>
    public static async Task<LocalServices> StartAsync(LocalServicesOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://{options.ListenAddress}:{options.Port}"));
        var app = builder.Build();
        var services = new LocalServices(app, options);
        services.Map(options);
        try
        {
            await app.StartAsync(cancellationToken);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>A runtime token for a job, valid for a day.</summary>
    public string NewToken(ServiceCaller caller) => _tokens.Issue(caller, TokenLifetime);

    /// <summary>A job has ended: its token opens nothing any more, and what it began to upload goes.</summary>
    public void EndJob(string job)
    {
        _callers.End(job);
        _folders.DropUploads(job);
    }

    /// <summary>
    /// Copies the complete artifacts of a run into a folder, each as <c>NAME.zip</c>, a single file under its own name; files that are there
    /// are replaced.
    /// </summary>
    /// <returns>Where they are.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public async Task<IReadOnlyList<string>> CopyArtifactsAsync(string run, string folder, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        foreach (var artifact in _stores.Artifacts is { } store ? await store.ListAsync(run, cancellationToken) : [])
        {
            if (await _stores.OpenReadAsync(artifact, cancellationToken) is { } content)
            {
                await using var _ = content;
                Directory.CreateDirectory(folder);
                files.Add(Path.Combine(folder, artifact.FileName));
                await using var file = File.Create(files[^1]);
                await content.CopyToAsync(file, cancellationToken);
            }
        }

        return files;
    }

    /// <summary>How many complete artifacts a run has.</summary>
    public int CountArtifacts(string run) => _stores.Artifacts?.Count(run) ?? 0;

    /// <summary>Stops the server; what it keeps stays.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Map(LocalServicesOptions options)
    {
        _app.UseLocalDoor(host => options.PublicUrl?.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase) == true
            || options.ListenAddress.Equals(host, StringComparison.OrdinalIgnoreCase));
        _stores.Map(_app, _callers, new BlobUrlSigner(RandomNumberGenerator.GetBytes(32), options.Time), () => Url, options.Limits.UrlLifetime);
    }
}
