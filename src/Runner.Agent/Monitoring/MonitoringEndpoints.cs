using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Agent.Configuration;

namespace Runner.Agent.Monitoring;

/// <summary>What the agent serves to probes and to Prometheus.</summary>
internal static class MonitoringEndpoints
{
    private const string MetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary><c>/healthz</c>: do the loops turn; <c>/readyz</c>: can every pool take jobs; metrics.</summary>
    public static void MapMonitoring(this IEndpointRouteBuilder routes, MonitoringOptions options, AgentHealth health, AgentMetrics metrics)
    {
        routes.MapGet("/healthz", (HttpContext http) => WriteAsync(http, health.Stuck(), remarks: []));
        routes.MapGet("/readyz", (HttpContext http) => WriteAsync(http, health.NotReady(), health.Remarks()));
        if (options.PrometheusMetrics)
        {
            ProcessMetrics.AddTo(metrics.Registry, health);
            routes.MapGet(options.MetricsPath, async (HttpContext http) =>
            {
                http.Response.ContentType = MetricsContentType;
                await metrics.Registry.CollectAndExportAsTextAsync(http.Response.Body, http.RequestAborted);
            });
        }
    }

    private static Task WriteAsync(HttpContext http, IReadOnlyList<string> problems, IReadOnlyList<string> remarks)
    {
        http.Response.StatusCode = problems.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return http.Response.WriteAsync(string.Join('\n', [.. problems.Count == 0 ? ["ok"] : problems, .. remarks]) + "\n", http.RequestAborted);
    }
}
