using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Runner.Testing.Cluster;

/// <summary>What the API server checks and sets of every object's metadata.</summary>
internal static partial class MetadataRules
{
    private const int MaxAnnotationBytes = 256 * 1024;
    private const int MaxSecretBytes = 1024 * 1024;
    private const string LabelText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    /// <summary>Checks an object that is to be made and gives it what the server gives.</summary>
    public static void Begin(ResourceKind kind, JsonObject tree, string space, DateTimeOffset now)
    {
        if (tree["metadata"] is not JsonObject metadata || (string?)metadata["name"] is not { Length: > 0 } name)
        {
            throw ApiError.Invalid(kind.Kind, string.Empty, "metadata.name: Required value: name or generateName is required");
        }

        Require((string?)tree["kind"] == kind.Kind && (string?)tree["apiVersion"] == kind.ApiVersion, $"the object provided is no {kind.Kind} of {kind.ApiVersion}");
        Require(metadata["resourceVersion"] is null, "resourceVersion should not be set on objects to be created");
        Require(
            (string?)metadata["namespace"] is null or "" || (string?)metadata["namespace"] == space,
            "the namespace of the provided object does not match the namespace sent on the request");
        if (name.Length > 253 || !DnsName().IsMatch(name))
        {
            throw ApiError.Invalid(kind.Kind, name, $"metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123 subdomain is needed");
        }

        metadata["namespace"] = space;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = At(now);
        Check(kind, tree);
    }

    /// <summary>Checks an object as it would be stored.</summary>
    public static void Check(ResourceKind kind, JsonObject tree)
    {
        var metadata = tree["metadata"]!.AsObject();
        var name = (string)metadata["name"]!;
        foreach (var (key, value) in metadata["labels"] as JsonObject ?? [])
        {
            if (!LabelKey().IsMatch(key) || (string?)value is not { Length: <= 63 } text || !LabelValue().IsMatch(text))
            {
                throw ApiError.Invalid(kind.Kind, name, $"metadata.labels: Invalid value: \"{key}: {value}\": {LabelText}");
            }
        }

        if ((metadata["annotations"] as JsonObject ?? []).Sum(one => Encoding.UTF8.GetByteCount(one.Key) + Encoding.UTF8.GetByteCount((string)one.Value!)) > MaxAnnotationBytes)
        {
            throw ApiError.Invalid(kind.Kind, name, $"metadata.annotations: Too long: may not be more than {MaxAnnotationBytes} bytes");
        }

        foreach (var owner in metadata["ownerReferences"] as JsonArray ?? [])
        {
            if (new[] { "apiVersion", "kind", "name", "uid" }.FirstOrDefault(part => (string?)owner![part] is null or "") is { } missing)
            {
                throw ApiError.Invalid(kind.Kind, name, $"metadata.ownerReferences.{missing}: Invalid value: \"\": {missing} must not be empty");
            }
        }

        if (kind == ResourceKind.Secrets)
        {
            CheckSecret(tree, name);
        }
    }

    /// <summary>A time as the API writes it: whole seconds.</summary>
    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw ApiError.BadRequest(problem);
        }
    }

    private static void CheckSecret(JsonObject tree, string name)
    {
        tree["type"] ??= "Opaque";
        var bytes = 0L;
        foreach (var (key, value) in tree["data"] as JsonObject ?? [])
        {
            Require(SecretKey().IsMatch(key), $"\"{key}\" is no key of a Secret");
            var buffer = new byte[(((string)value!).Length / 4 * 3) + 3];
            Require(Convert.TryFromBase64String((string)value!, buffer, out var length), $"data.{key} is no base64");
            bytes += length;
        }

        if (bytes > MaxSecretBytes)
        {
            throw ApiError.Invalid("Secret", name, $"data: Too long: may not be more than {MaxSecretBytes} bytes");
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.ExplicitCapture)]
    private static partial Regex DnsName();

    [GeneratedRegex(@"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$", RegexOptions.ExplicitCapture)]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]{1,253}$")]
    private static partial Regex SecretKey();
}
