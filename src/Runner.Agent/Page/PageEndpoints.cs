using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Agent.Board;
using Runner.Jobs.Errors;

namespace Runner.Agent.Page;

/// <summary>The page, and under it the interface that programs share with it. All of it is read-only.</summary>
internal sealed class PageEndpoints(AgentViews views, UsageBoard usage, ChangeStreams changes, LogStreams logs, TimeProvider time)
{
    private const string JsonType = "application/json; charset=utf-8";
    private const string HtmlType = "text/html; charset=utf-8";

    /// <summary>Adds the routes.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="stopping">Ends what lasts.</param>
    public void Map(IEndpointRouteBuilder routes, CancellationToken stopping)
    {
        routes.MapGet("/", (HttpContext http) => WriteAsync(http, HtmlType, PageHtml.Overview(views.Read().View, Now).Text));
        routes.MapGet("/jobs/{id}", (HttpContext http) => WriteJobAsync(http));
        routes.MapGet("/api/v1/pools", (HttpContext http) => WritePoolsAsync(http));
        routes.MapGet("/api/v1/jobs", (HttpContext http) => WriteJobsAsync(http));
        routes.MapGet("/api/v1/usage", (HttpContext http) => WriteUsageAsync(http));
        routes.MapGet("/api/v1/jobs/{id}/log", (HttpContext http) => WriteLogAsync(http, stopping));
        routes.MapGet("/api/v1/events", (HttpContext http) => changes.WriteAsync(http, stopping));
        foreach (var asset in PageAssets.All)
        {
            routes.MapGet("/" + asset.Name, (HttpContext http) => WriteAsync(http, asset.ContentType, asset.Text));
        }

        routes.MapGet("/{**path}", (HttpContext http) => RefuseAsync(http, StatusCodes.Status404NotFound, new PageError($"there is nothing at {http.Request.Path}")));
    }

    /// <summary>Says why a request is not answered.</summary>
    public static Task RefuseAsync(HttpContext http, int status, PageError error)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, JsonType, JsonSerializer.Serialize(error, PageJson.Default.PageError));
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private static Task WriteAsync(HttpContext http, string type, string text)
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    private Task WritePoolsAsync(HttpContext http)
    {
        var view = views.Read().View;
        var answer = new PoolsAnswer { Agent = view.Agent, Pools = view.Pools, Failures = view.Failures, Now = Now };
        return WriteAsync(http, JsonType, JsonSerializer.Serialize(answer, PageJson.Default.PoolsAnswer));
    }

    private Task WriteJobsAsync(HttpContext http)
    {
        var view = views.Read().View;
        var answer = new JobsAnswer { Jobs = view.Jobs, Recent = view.Recent, Now = Now };
        return WriteAsync(http, JsonType, JsonSerializer.Serialize(answer, PageJson.Default.JobsAnswer));
    }

    private Task WriteUsageAsync(HttpContext http)
    {
        var answer = new UsageAnswer { IsMeasured = usage.IsMeasured, Jobs = usage.Read(), Now = Now };
        return WriteAsync(http, JsonType, JsonSerializer.Serialize(answer, PageJson.Default.UsageAnswer));
    }

    private Task WriteJobAsync(HttpContext http)
    {
        var (view, id) = (views.Read().View, Id(http));
        if (Find(view, id) is { } job)
        {
            return WriteAsync(http, HtmlType, PageHtml.OfJob(view, job, Now).Text);
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return WriteAsync(http, HtmlType, PageHtml.Missing(view, Unknown(view, id), Now).Text);
    }

    private Task WriteLogAsync(HttpContext http, CancellationToken stopping)
    {
        var (view, id) = (views.Read().View, Id(http));
        return Find(view, id) switch
        {
            null => RefuseAsync(http, StatusCodes.Status404NotFound, Unknown(view, id)),
            { State: JobState.Ended } over => RefuseAsync(
                http, StatusCodes.Status410Gone, new PageError($"Job '{over.Name}' is over, and its log is at GitHub", Link: over.JobUrl ?? over.RunUrl)),
            { State: JobState.Waiting or JobState.Starting, Why: var why } early => RefuseAsync(
                http,
                StatusCodes.Status409Conflict,
                new PageError($"Job '{early.Name}' has no log yet: its worker does not run{(why is null ? string.Empty : $" ({why})")}")),
            var job => logs.WriteAsync(http, job, stopping),
        };
    }

    private static string Id(HttpContext http) => http.Request.RouteValues["id"] as string ?? string.Empty;

    private static JobView? Find(AgentView view, string id) =>
        view.Jobs.Concat(view.Recent).FirstOrDefault(job => job.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private static PageError Unknown(AgentView view, string id)
    {
        var all = view.Jobs.Concat(view.Recent).Select(job => job.Id).ToList();
        var shown = ShownText.Name(id) ?? string.Empty;
        var begun = id.Length >= 4 ? all.Where(known => known.StartsWith(id, StringComparison.OrdinalIgnoreCase)).ToList() : [];
        var nearest = begun is [var one] ? one : NearestName.Find(shown, all);
        return new PageError($"This agent has no job '{shown}': it never had it, or it ended long ago{(nearest is null ? string.Empty : $"; the nearest is {nearest}")}", nearest);
    }
}
