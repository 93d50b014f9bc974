using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Kubernetes.Client;
using Runner.Testing.Http;

[assembly: AssemblyFixture(typeof(FakeHttpServer))]

namespace Runner.Kubernetes.Tests;

/// <summary>
/// The API server's bad days. It keeps these rules of the real one: errors are <c>Status</c> objects, a watch is a line of JSON per
/// event, and an error within it (an expired version) comes as an event of type <c>ERROR</c>.
/// </summary>
internal static class FakeCluster
{
    public static JobCluster Connect(FakeSite site, TimeProvider time) =>
        new(new ClusterConnection(new k8s.Kubernetes(new KubernetesClientConfiguration { Host = site.Address.AbsoluteUri }), "ci", site.Address.AbsoluteUri), time, NullLogger.Instance);

    public static bool IsWatch(this HttpContext context) => context.Request.Query["watch"] == "true";

    public static async Task RefuseAsync(this HttpContext context, int code, string message, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = code;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await context.Response.WriteAsync(Status(code, message));
    }

    public static Task ListAsync(this HttpContext context, string resourceVersion, params V1Pod[] pods) => context.Response.WriteAsync(KubernetesJson.Serialize(
        new V1PodList { ApiVersion = "v1", Kind = "PodList", Metadata = new V1ListMeta { ResourceVersion = resourceVersion }, Items = pods }));

    public static Task EventAsync(this HttpContext context, string type, V1Pod pod) => context.EventAsync(type, KubernetesJson.Serialize(pod));

    public static Task ExpiredAsync(this HttpContext context) => context.EventAsync("ERROR", Status(410, "too old resource version: 10 (500)"));

    public static V1Pod Pod(string name, string resourceVersion, string phase = "Pending") => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ci", Uid = "u-" + name, ResourceVersion = resourceVersion },
        Status = new V1PodStatus { Phase = phase },
    };

    // The client's own serializer reads this type but cannot write it. Of one status there are several reasons.
    private static string Status(int code, string message) =>
        JsonSerializer.Serialize(new { kind = "Status", apiVersion = "v1", status = "Failure", code, message, reason = Reason(code, message) });

    private static string Reason(int code, string message) => code switch
    {
        403 => "Forbidden",
        404 => "NotFound",
        409 => message.EndsWith("already exists", StringComparison.Ordinal) ? "AlreadyExists" : "Conflict",
        410 => "Expired",
        422 => "Invalid",
        _ => string.Empty,
    };

    private static async Task EventAsync(this HttpContext context, string type, string json)
    {
        await context.Response.WriteAsync($$"""{"type":"{{type}}","object":{{json}}}""" + "\n");
        await context.Response.Body.FlushAsync();
    }
}
