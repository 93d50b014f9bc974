using System.Globalization;
using System.Text.Json.Nodes;

namespace Runner.Agent.ExternalMetrics;

/// <summary>The documents of the API <c>external.metrics.k8s.io/v1beta1</c> (kubernetes/metrics, <c>pkg/apis/external_metrics/v1beta1</c>) and of its discovery. Pure.</summary>
internal static class MetricDocuments
{
    /// <summary>The API's group.</summary>
    public const string Group = "external.metrics.k8s.io";

    /// <summary>Group and version.</summary>
    public const string GroupVersion = Group + "/v1beta1";

    /// <summary>What the group has.</summary>
    public static JsonObject Groups() => new()
    {
        ["kind"] = "APIGroup",
        ["apiVersion"] = "v1",
        ["name"] = Group,
        ["versions"] = new JsonArray(Version()),
        ["preferredVersion"] = Version(),
    };

    /// <summary>The metrics as resources.</summary>
    public static JsonObject Resources(IEnumerable<string> metrics) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = GroupVersion,
        ["resources"] = new JsonArray([.. metrics.Order(StringComparer.Ordinal).Select(metric => new JsonObject
        {
            ["name"] = metric,
            ["singularName"] = string.Empty,
            ["namespaced"] = true,
            ["kind"] = "ExternalMetricValueList",
            ["verbs"] = new JsonArray("get"),
        })]),
    };

    /// <summary>Values of a metric.</summary>
    public static JsonObject Values(string metric, IEnumerable<(string Pool, int Value)> values, DateTimeOffset now) => new()
    {
        ["kind"] = "ExternalMetricValueList",
        ["apiVersion"] = GroupVersion,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. values.Select(value => new JsonObject
        {
            ["metricName"] = metric,
            ["metricLabels"] = new JsonObject { ["pool"] = value.Pool },
            ["timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["value"] = value.Value.ToString(CultureInfo.InvariantCulture),
        })]),
    };

    /// <summary>A refusal.</summary>
    public static JsonObject Refusal(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };

    private static JsonObject Version() => new() { ["groupVersion"] = GroupVersion, ["version"] = "v1beta1" };
}
