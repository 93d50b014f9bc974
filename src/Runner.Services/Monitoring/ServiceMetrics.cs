using Microsoft.AspNetCore.Http;
using Prometheus;
using Runner.Services.Caches;

namespace Runner.Services.Monitoring;

/// <summary>Metrics of a server for jobs in a cluster. All series exist from the start.</summary>
internal sealed class ServiceMetrics
{
    /// <summary>Label of artifacts.</summary>
    public const string Artifacts = "artifacts";

    /// <summary>Label of caches.</summary>
    public const string CacheService = "caches";

    private static readonly string[] Services = [Artifacts, CacheService];

    private readonly Counter _requests;
    private readonly Counter _received;
    private readonly Counter _sent;
    private readonly Counter _events;

    /// <summary>Metrics in a registry of their own.</summary>
    public ServiceMetrics(string version)
    {
        var factory = Metrics.WithCustomRegistry(Registry);
        factory.CreateGauge("runner_services_build_info", "1; the label tells the version.", "version").WithLabels(version).Set(1);
        _requests = factory.CreateCounter("runner_services_requests_total", "Requests of jobs, by service and the class of their answer.", "service", "answer");
        _received = factory.CreateCounter("runner_services_received_bytes_total", "Bytes that jobs uploaded.", "service");
        _sent = factory.CreateCounter("runner_services_sent_bytes_total", "Bytes that jobs downloaded.", "service");
        _events = factory.CreateCounter("runner_services_caches_total", "What became of caches: hit, miss, saved, evicted, expired.", "event");
        foreach (var service in Services)
        {
            _received.WithLabels(service);
            _sent.WithLabels(service);
            foreach (var answer in new[] { "2xx", "4xx", "5xx" })
            {
                _requests.WithLabels(service, answer);
            }
        }

        foreach (var kind in Enum.GetValues<CacheEvent>())
        {
            _events.WithLabels(LabelOf(kind));
        }

        DotNetStats.Register(Registry);
    }

    /// <summary>What is exported.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Something became of a cache.</summary>
    public void Count(CacheEvent kind) => _events.WithLabels(LabelOf(kind)).Inc();

    /// <summary>Bytes of an upload arrived.</summary>
    public void Received(string service, long bytes) => _received.WithLabels(service).Inc(bytes);

    /// <summary>Shows what the stores hold whenever somebody asks.</summary>
    public void Watch(Func<(int Count, long Bytes)?> caches, Func<(int Count, long Bytes)?> artifacts)
    {
        var factory = Metrics.WithCustomRegistry(Registry);
        var entries = factory.CreateGauge("runner_services_entries", "Complete artifacts and caches that are kept.", "service");
        var bytes = factory.CreateGauge("runner_services_bytes", "Bytes that are kept: complete caches; artifacts with those that are being uploaded.", "service");
        Registry.AddBeforeCollectCallback(() =>
        {
            Show(CacheService, caches());
            Show(Artifacts, artifacts());
        });

        void Show(string service, (int Count, long Bytes)? size)
        {
            entries.WithLabels(service).Set(size?.Count ?? 0);
            bytes.WithLabels(service).Set(size?.Bytes ?? 0);
        }
    }

    /// <summary>A request of a job was answered.</summary>
    public void Answered(HttpContext http)
    {
        var (request, status) = (http.Request, http.Response.StatusCode);
        if (ServiceOf(request.Path) is not { } service)
        {
            return;
        }

        _requests.WithLabels(service, status < 400 ? "2xx" : status < 500 ? "4xx" : "5xx").Inc();
        if (status < 400 && HttpMethods.IsGet(request.Method))
        {
            _sent.WithLabels(service).Inc(http.Response.ContentLength ?? 0);
        }
    }

    private static string? ServiceOf(PathString path) =>
        path.StartsWithSegments("/blobs") || path.StartsWithSegments("/twirp/github.actions.results.api.v1.ArtifactService") ? Artifacts
        : path.StartsWithSegments("/cache-blobs") || path.StartsWithSegments("/_apis/artifactcache") || path.StartsWithSegments("/twirp/github.actions.results.api.v1.CacheService") ? CacheService
        : null;

    private static string LabelOf(CacheEvent kind) => kind.ToString().ToLowerInvariant();
}
