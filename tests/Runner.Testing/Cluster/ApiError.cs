using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>What the API server answers in the place of an object, with the reasons and texts of a real one.</summary>
internal sealed class ApiError(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public static ApiError NotFound(ResourceKind kind, string name) => new(404, "NotFound", $"{kind.QualifiedResource} \"{name}\" not found");

    public static ApiError AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedResource} \"{name}\" already exists");

    public static ApiError Conflict(ResourceKind kind, string name) => new(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {kind.QualifiedResource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError Expired(long version, long oldest) => new(410, "Expired", $"too old resource version: {version} ({oldest})");

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Invalid(string kind, string name, string problem) => new(422, "Invalid", $"{kind} \"{name}\" is invalid: {problem}");

    public static ApiError MediaType(string message) => new(415, "UnsupportedMediaType", message);

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = reason,
        ["code"] = code,
    };
}
