using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Jobs.Errors;

namespace Runner.Agent.ExternalMetrics;

/// <summary>The routes of the aggregated API.</summary>
internal static class MetricEndpoints
{
    /// <summary>Discovery, and the values.</summary>
    /// <param name="routes">Where they are served.</param>
    /// <param name="figures">What is known.</param>
    /// <param name="space">Namespace whose metrics they are; <c>null</c>: any.</param>
    /// <param name="time">The clock.</param>
    public static void MapExternalMetrics(this IEndpointRouteBuilder routes, PoolFigures figures, string? space, TimeProvider time)
    {
        const string Root = $"/apis/{MetricDocuments.GroupVersion}";
        routes.MapGet($"/apis/{MetricDocuments.Group}", (HttpContext http) => WriteAsync(http, StatusCodes.Status200OK, MetricDocuments.Groups()));
        routes.MapGet(Root, (HttpContext http) => WriteAsync(http, StatusCodes.Status200OK, MetricDocuments.Resources(figures.Names)));
        routes.MapGet(Root + "/namespaces/{namespace}/{metric}", (HttpContext http) =>
            ValuesAsync(http, (string?)http.Request.RouteValues["namespace"], (string?)http.Request.RouteValues["metric"] ?? string.Empty));

        Task ValuesAsync(HttpContext http, string? asked, string metric)
        {
            if (PoolSelector.Parse(http.Request.Query["labelSelector"]) is not { } selector)
            {
                return RefuseAsync(http, StatusCodes.Status400BadRequest, "BadRequest", $"'{http.Request.Query["labelSelector"]}' is no label selector");
            }

            if (space is not null && asked != space)
            {
                return RefuseAsync(http, StatusCodes.Status404NotFound, "NotFound", $"the metrics of {MetricDocuments.Group} are those of namespace {space}, where the agents are");
            }

            return figures.Find(metric, selector) is { } values
                ? WriteAsync(http, StatusCodes.Status200OK, MetricDocuments.Values(metric, values, time.GetUtcNow()))
                : RefuseAsync(http, StatusCodes.Status404NotFound, "NotFound", $"there is no metric '{metric}'{NearestName.Hint(metric, figures.Names)}");
        }
    }

    private static Task RefuseAsync(HttpContext http, int code, string reason, string message) => WriteAsync(http, code, MetricDocuments.Refusal(code, reason, message));

    private static Task WriteAsync(HttpContext http, int code, JsonObject document)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (code, "application/json");
        return http.Response.WriteAsync(document.ToJsonString(), http.RequestAborted);
    }
}
