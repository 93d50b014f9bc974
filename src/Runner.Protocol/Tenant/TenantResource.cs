namespace Runner.Protocol.Tenant;

/// <summary>
/// A resource of the older protocol (V1). Where it is, each server says itself (<see cref="TenantLocations"/>); only this id is the same everywhere
/// (<c>registration.md</c> section 11).
/// </summary>
/// <param name="Id">Names it in <c>connectionData</c>.</param>
/// <param name="ApiVersion">Version that we speak.</param>
/// <param name="Name">For people.</param>
public sealed record TenantResource(Guid Id, string ApiVersion, string Name)
{
    /// <summary>Pools, which are runner groups.</summary>
    public static TenantResource Pools { get; } = Of("a8c47e17-4d56-4a56-92bb-de7ea7dc65be", "5.1-preview.1", "pools");

    /// <summary>Agents of a pool, which are runners.</summary>
    public static TenantResource Agents { get; } = Of("e298ef32-5878-4cab-993c-043836571f42", "6.0-preview.2", "agents");

    /// <summary>Sessions of agents.</summary>
    public static TenantResource Sessions { get; } = Of("134e239e-2df3-4794-a6f6-24f1f19ec8dc", "5.1-preview.1", "sessions");

    /// <summary>Messages of a session; <c>GET</c> is the long poll.</summary>
    public static TenantResource Messages { get; } = Of("c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7", "6.0-preview.1", "messages");

    /// <summary>Requests for agents: the lock of a job.</summary>
    public static TenantResource JobRequests { get; } = Of("fc825784-c92a-4299-9221-998a02d1b54f", "5.1-preview.1", "job requests");

    /// <summary>A job's message by its id.</summary>
    public static TenantResource JobMessage { get; } = Of("25adab70-1379-4186-be8e-b643061ebe3a", "6.0-preview.1", "job message");

    /// <summary>Logs of a plan.</summary>
    public static TenantResource Logs { get; } = Of("46f5667d-263a-4684-91b1-dff7fdcf64e2", "5.1-preview.1", "logs");

    /// <summary>Records of a timeline: the job and its steps.</summary>
    public static TenantResource TimelineRecords { get; } = Of("8893bc5b-35b2-4be7-83cb-99e683551db4", "5.1-preview.1", "timeline records");

    /// <summary>Live lines of a record.</summary>
    public static TenantResource Feed { get; } = Of("858983e4-19bd-4c5e-864c-507b59b58b12", "5.1-preview.1", "feed");

    /// <summary>Files that belong to a record, such as a step's summary.</summary>
    public static TenantResource Attachments { get; } = Of("7898f959-9cdf-4096-b29e-7f293031629e", "5.1-preview.1", "attachments");

    /// <summary>Events of a plan: a job's end.</summary>
    public static TenantResource PlanEvents { get; } = Of("557624af-b29e-4c20-8ab0-0399d2204f3f", "2.0-preview.1", "plan events");

    /// <summary>Where actions are downloaded from.</summary>
    public static TenantResource ActionDownloads { get; } = Of("27d7f831-88c1-4719-8ca1-6a061dad90eb", "6.0-preview.1", "action download info");

    private static TenantResource Of(string id, string apiVersion, string name) => new(Guid.Parse(id), apiVersion, name);
}
