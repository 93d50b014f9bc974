using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Runner.Emulator.Actions;
using Runner.Emulator.Broker;
using Runner.Emulator.Events;
using Runner.Emulator.Faults;
using Runner.Emulator.IdTokens;
using Runner.Emulator.Jobs;
using Runner.Emulator.Launch;
using Runner.Emulator.OAuth;
using Runner.Emulator.Options;
using Runner.Emulator.Rest;
using Runner.Emulator.Results;
using Runner.Emulator.Runners;
using Runner.Emulator.Runs;
using Runner.Emulator.RunService;
using Runner.Emulator.ScaleSets;
using Runner.Emulator.Tenant;
using Runner.Emulator.Tokens;
using Runner.Services;
using Runner.Services.Artifacts;
using Runner.Services.Blobs;
using Runner.Services.Caches;

namespace Runner.Emulator;

/// <summary>What the emulator is made of.</summary>
internal static class EmulatorServices
{
    public static IServiceCollection AddEmulator(this IServiceCollection services, EmulatorOptions options, string dataFolder)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Time);
        services.AddSingleton<EmulatorAddress>();
        services.AddSingleton<EventHub>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<RunnerRegistry>();
        services.AddSingleton<RunnerGroups>();
        services.AddSingleton<RunnerRemoval>();
        services.AddSingleton<JitRegistration>();
        services.AddSingleton<RestCaller>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<BrokerService>();
        services.AddSingleton<TenantCaller>();
        services.AddSingleton<TenantSessions>();
        services.AddSingleton<TenantLogs>();
        services.AddSingleton<ScaleSetBoard>();
        services.AddSingleton<ScaleSetCaller>();
        services.AddSingleton<JobNumbers>();
        services.AddSingleton<JobBoard>();
        services.AddSingleton<JobConnection>();
        services.AddSingleton<JobCallers>();
        services.AddSingleton<ResultsCaller>();
        services.AddSingleton<UploadUrls>();
        services.AddSingleton<ActionRepositories>();
        services.AddSingleton<WorkflowPlanner>();
        services.AddSingleton<RunBoard>();
        services.AddSingleton<FaultMiddleware>();
        services.AddSingleton<IdTokenIssuer>();
        var signer = new BlobUrlSigner(RandomNumberGenerator.GetBytes(32), options.Time);
        var blobs = new BlobStore(dataFolder, options.Time);
        services.AddSingleton(signer);
        services.AddSingleton(blobs);
        services.AddSingleton(provider =>
            new BlobLinks(signer, () => provider.GetRequiredService<EmulatorAddress>().Blobs, options.UploadUrlDuration));
        var folders = new FolderStores(options.Limits, options.Time);
        services.AddSingleton(folders);
        services.AddSingleton(folders.OpenArtifacts(Path.Combine(dataFolder, "records", "artifacts"), blobs));
        services.AddSingleton(folders.OpenCaches(Path.Combine(dataFolder, "records", "caches"), blobs));
        return services;
    }

    public static void MapEmulator(this WebApplication app)
    {
        var faults = app.Services.GetRequiredService<FaultMiddleware>();
        app.Use(TellTimeAsync);
        app.UseLocalDoor(app.Services.GetRequiredService<EmulatorAddress>().IsOwnName);
        app.UseMiddleware<OwnApiGuard>();
        app.Use(CollapseSlashes);
        if (app.Services.GetRequiredService<EmulatorOptions>() is { Answered: { } answered, Time: var time })
        {
            app.Use((http, next) => TellAsync(http, next, answered, time));
        }

        app.Use(faults.InvokeAsync);
        app.Use(RestEndpoints.AddHeadersAsync);
        app.UseWebSockets();
        app.UseRouting();
        app.MapRest();
        app.MapOAuth();
        app.MapTenant();
        app.MapScaleSets();
        app.MapScaleSetSessions();
        app.MapScaleSetRunners();
        app.MapNewerServices();
        app.MapCodeload();
        app.MapBlobs("/blobs", app.Services.GetRequiredService<BlobStore>(), app.Services.GetRequiredService<BlobUrlSigner>());
        app.MapJobServices();
        app.MapIdTokens();
        app.MapRuns();
        app.MapFaults();
    }

    /// <summary>Services that a server of the older protocol does not have.</summary>
    private static void MapNewerServices(this WebApplication app)
    {
        var newer = app.MapGroup(string.Empty);
        newer.AddEndpointFilter(static async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<EmulatorOptions>().Protocol == EmulatorProtocol.V2 ? await next(context) : TypedResults.NotFound());
        newer.MapBroker();
        newer.MapRunService();
        newer.MapStepUpdates();
        newer.MapUploads();
        newer.MapLiveFeed();
        newer.MapLaunch();
    }

    private static void MapJobServices(this WebApplication app)
    {
        var callers = app.Services.GetRequiredService<JobCallers>();
        var links = app.Services.GetRequiredService<BlobLinks>();
        var caches = app.Services.GetRequiredService<CacheStore>();
        app.MapArtifacts(app.Services.GetRequiredService<ArtifactStore>(), callers, links);
        app.MapCaches(caches, callers, links);
        app.MapCachesV1(caches, callers, links);
    }

    // Clients compare it with their clocks; the web server's own goes by the machine's.
    private static Task TellTimeAsync(HttpContext http, RequestDelegate next)
    {
        var time = http.RequestServices.GetRequiredService<EmulatorOptions>().Time;
        http.Response.OnStarting(() =>
        {
            http.Response.GetTypedHeaders().Date = time.GetUtcNow();
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static async Task TellAsync(HttpContext http, RequestDelegate next, Action<AnsweredCall> answered, TimeProvider time)
    {
        var (method, path, began) = (http.Request.Method, http.Request.Path.Value ?? string.Empty, time.GetUtcNow());
        try
        {
            await next(http);
        }
        finally
        {
            answered(new AnsweredCall(method, path, began, time.GetUtcNow()));
        }
    }

    /// <summary>GitHub's runner joins a storage address and its path with one slash too many when it uploads by the Azure SDK.</summary>
    private static Task CollapseSlashes(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path.Value;
        if (path?.StartsWith("//", StringComparison.Ordinal) == true)
        {
            http.Request.Path = "/" + path.TrimStart('/');
        }

        return next(http);
    }
}
