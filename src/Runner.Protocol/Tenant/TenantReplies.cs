using Runner.Protocol.Http;

namespace Runner.Protocol.Tenant;

/// <summary>What a tenant's answers mean (<c>registration.md</c> section 10). Pure.</summary>
internal static class TenantReplies
{
    // By this number the server says that it takes no runner of that version any more.
    private const int VersionRefused = 1;

    /// <summary>The answer without a byte order mark.</summary>
    /// <exception cref="ProtocolException">It is a refusal.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">It is a failure that passes.</exception>
    public static ServiceReply Checked(ServiceReply reply)
    {
        reply = reply.Body is [0xEF, 0xBB, 0xBF, .. var rest] ? reply with { Body = rest } : reply;
        if (reply.IsSuccess)
        {
            return reply;
        }

        var body = reply.TryRead(TenantJson.Default.TenantErrorBody);
        throw (Kind(body), reply.Status) switch
        {
            ({ } kind, _) => reply.Refusal(kind, body?.Message),
            (null, 401) => reply.Refusal(ProtocolErrorKind.Unauthorized, body?.Message),
            (null, 403) => reply.Refusal(ProtocolErrorKind.Forbidden, body?.Message),

            // What was sent is not what the server takes, and is the same at the next try.
            (null, 400 or 405 or 413 or 415 or 422) => reply.Refusal(ProtocolErrorKind.Refused, body?.Message),
            _ => reply.Passing(body?.Message),
        };
    }

    private static ProtocolErrorKind? Kind(TenantErrorBody? body) => TypeOf(body) switch
    {
        "TaskAgentNotFoundException" => ProtocolErrorKind.RunnerNotFound,
        "TaskAgentSessionConflictException" => ProtocolErrorKind.SessionConflict,
        "TaskAgentSessionExpiredException" => ProtocolErrorKind.SessionInvalid,
        "TaskAgentAccessTokenExpiredException" => ProtocolErrorKind.Unauthorized,
        "TaskAgentExistsException" => ProtocolErrorKind.RunnerNameTaken,
        "TaskAgentJobStillRunningException" => ProtocolErrorKind.RunnerBusy,
        "TaskAgentJobNotFoundException"
            or "TaskAgentJobTokenExpiredException"
            or "TaskOrchestrationJobNotFoundException"
            or "TaskOrchestrationPlanNotFoundException"
            or "TaskOrchestrationPlanSecurityException"
            or "TaskOrchestrationPlanTerminatedException" => ProtocolErrorKind.JobNotFound,
        "UnresolvableActionDownloadInfoException" => ProtocolErrorKind.ActionNotResolved,
        "AccessDeniedException" when body?.ErrorCode == VersionRefused => ProtocolErrorKind.VersionTooOld,
        "AccessDeniedException" => ProtocolErrorKind.Forbidden,
        "TaskAgentPoolNotFoundException" => ProtocolErrorKind.Refused,
        _ => null,
    };

    // Newer servers say typeKey; older ones only the full name: "Namespace.Type, Assembly".
    private static string? TypeOf(TenantErrorBody? body) =>
        body?.TypeKey is { Length: > 0 } key ? key : body?.TypeName?.Split(',')[0].Split('.')[^1];
}
