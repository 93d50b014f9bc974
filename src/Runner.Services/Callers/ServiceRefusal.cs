namespace Runner.Services.Callers;

/// <summary>A call that the rules of artifacts or caches refuse. <see cref="Exception.Message"/> is what the client shows.</summary>
internal sealed class ServiceRefusal(int status, string code, string message) : Exception(message)
{
    /// <summary>HTTP status of the answer.</summary>
    public int Status => status;

    /// <summary>Twirp's code (twitchtv.github.io/twirp/docs/errors.html).</summary>
    public string Code => code;

    public static ServiceRefusal Invalid(string message) => new(400, "invalid_argument", message);

    public static ServiceRefusal Unauthenticated() => new(401, "unauthenticated", "this service takes the runtime token of a job");

    public static ServiceRefusal Denied(string message) => new(403, "permission_denied", message);

    public static ServiceRefusal Exhausted(string message) => new(403, "resource_exhausted", message);

    public static ServiceRefusal NotFound(string message) => new(404, "not_found", message);

    public static ServiceRefusal Exists(string message) => new(409, "already_exists", message);
}
