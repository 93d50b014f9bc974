using Runner.Protocol.Http;

namespace Runner.Protocol.ScaleSets;

/// <summary>What the service's answers mean (<c>scaleset.md</c> section 2). Pure.</summary>
internal static class ScaleSetReplies
{
    private const string UserAgent = """{"system":"act-runner","kind":"scaleset"}""";

    /// <summary>The address of a route, with the version of the service.</summary>
    public static Uri Versioned(Uri tenant, string route) =>
        new(tenant, route + (route.Contains('?', StringComparison.Ordinal) ? '&' : '?') + ScaleSetRoutes.ApiVersion);

    /// <summary>An address that the service named, or <c>null</c> where it is none of the web: on Unix a bare path would be one of a file.</summary>
    public static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;

    /// <summary>Says who calls: JSON as text.</summary>
    public static void NameUs(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);

    /// <summary>The answer without a byte order mark, which some have.</summary>
    /// <exception cref="ProtocolException">It is a refusal.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">It is a failure that passes.</exception>
    public static ServiceReply Checked(ServiceReply reply)
    {
        reply = reply.Body is [0xEF, 0xBB, 0xBF, .. var rest] ? reply with { Body = rest } : reply;
        if (reply.IsSuccess)
        {
            return reply;
        }

        var body = reply.TryRead(ScaleSetJson.Default.ScaleSetErrorBody);
        throw (Kind(body?.TypeName), reply.Status) switch
        {
            ({ } kind, _) => reply.Refusal(kind, body?.Message),
            (null, 401) => reply.Refusal(ProtocolErrorKind.Unauthorized, body?.Message),
            (null, 403) => reply.Refusal(ProtocolErrorKind.Forbidden, body?.Message),
            (null, 404) => reply.Refusal(ProtocolErrorKind.ScaleSetNotFound, body?.Message),
            (null, 409) => reply.Refusal(ProtocolErrorKind.SessionConflict, body?.Message),
            (null, 400 or 422) => reply.Refusal(ProtocolErrorKind.Refused, body?.Message),
            _ => reply.Passing(body?.Message),
        };
    }

    private static ProtocolErrorKind? Kind(string? type) => type switch
    {
        null => null,
        _ when type.Contains(ScaleSetErrors.AgentExists, StringComparison.Ordinal) => ProtocolErrorKind.RunnerNameTaken,
        _ when type.Contains(ScaleSetErrors.AgentNotFound, StringComparison.Ordinal) => ProtocolErrorKind.RunnerNotFound,
        _ when type.Contains(ScaleSetErrors.JobStillRunning, StringComparison.Ordinal) => ProtocolErrorKind.RunnerBusy,
        _ => null,
    };
}
