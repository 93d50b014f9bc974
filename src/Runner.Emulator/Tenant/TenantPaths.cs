using System.Collections.Immutable;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>
/// Where the resources of the older protocol (V1) are. On purpose nowhere near where GitHub has them: a client that does not go by
/// <c>connectionData</c> finds nothing here.
/// </summary>
internal static class TenantPaths
{
    /// <summary>Below the server's address: the tenant.</summary>
    public const string Base = "/broker";

    /// <summary>Area of all resources.</summary>
    public const string Area = "pipelinework";

    private const string Pool = "/_apis/v9/{area}/groups/{poolId}/{resource}";
    private const string Plan = "{scopeIdentifier}/_apis/v9/{area}/{hubName}/{planId}";

    /// <summary>All of them, as <c>connectionData</c> says it.</summary>
    public static ImmutableArray<ServiceDefinition> Definitions { get; } =
    [
        Of(TenantResource.Pools, "groups", "/_apis/v9/{area}/{resource}"),
        Of(TenantResource.Agents, "members", Pool + "/{agentId}"),
        Of(TenantResource.Sessions, "talks", Pool + "/{sessionId}"),
        Of(TenantResource.Messages, "letters", Pool + "/{messageId}"),
        Of(TenantResource.JobRequests, "locks", Pool + "/{requestId}"),
        Of(TenantResource.Logs, "papers", Plan + "/{resource}/{logId}"),
        Of(TenantResource.TimelineRecords, "entries", Plan + "/lines/{timelineId}/{resource}"),
        Of(TenantResource.Feed, "live", Plan + "/lines/{timelineId}/entries/{recordId}/{resource}"),
        Of(TenantResource.Attachments, "files", Plan + "/lines/{timelineId}/entries/{recordId}/{resource}/{type}/{name}"),
        Of(TenantResource.PlanEvents, "news", Plan + "/{resource}"),
        Of(TenantResource.ActionDownloads, "sources", Plan + "/{resource}"),
    ];

    /// <summary>The route of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="isCollection">Whether without the last segment, which names one item.</param>
    public static string Route(TenantResource resource, bool isCollection = false)
    {
        var definition = Definitions.First(known => known.Identifier == resource.Id);
        var path = (definition.RelativePath ?? string.Empty)
            .Replace("{area}", Area, StringComparison.Ordinal)
            .Replace("{resource}", definition.DisplayName, StringComparison.Ordinal)
            .TrimStart('/');
        return $"{Base}/{(isCollection ? path[..path.LastIndexOf('/')] : path)}";
    }

    private static ServiceDefinition Of(TenantResource resource, string name, string path) => new()
    {
        ServiceType = Area,
        Identifier = resource.Id,
        DisplayName = name,
        RelativePath = path,
        ResourceVersion = 1,
        MinVersion = "1.0",
        MaxVersion = "12.0",
        ReleasedVersion = "0.0",
    };
}
