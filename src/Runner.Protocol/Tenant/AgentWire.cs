using System.Text.Json;
using System.Text.Json.Serialization;
using Runner.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Broker;
using Runner.Protocol.Json;

namespace Runner.Protocol.Tenant;

/// <summary>A pool: a runner group (<c>registration.md</c> section 6).</summary>
public sealed record TaskAgentPool
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether GitHub's own machines are in it.</summary>
    public bool IsHosted { get; init; }

    /// <summary>Whether it is the default one.</summary>
    public bool IsInternal { get; init; }
}

/// <summary>An agent: a runner (<c>registration.md</c> section 6).</summary>
public sealed record TaskAgent
{
    /// <summary>Its number; 0 where it is to be added.</summary>
    public long Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its version.</summary>
    public string? Version { get; init; }

    /// <summary>Its machine, free text.</summary>
    public string? OsDescription { get; init; }

    /// <summary>Jobs that it takes at a time.</summary>
    public int? MaxParallelism { get; init; }

    /// <summary>Whether it is gone after one job.</summary>
    public bool? Ephemeral { get; init; }

    /// <summary>Whether the server leaves its version alone.</summary>
    public bool? DisableUpdate { get; init; }

    /// <summary><c>Provisioned</c>.</summary>
    public string? ProvisioningState { get; init; }

    /// <summary>Whether it is there.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<AgentStatus>))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AgentStatus Status { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyList<AgentLabel>? Labels { get; init; }

    /// <summary>By what it proves who it is.</summary>
    public AgentAuthorization? Authorization { get; init; }

    /// <summary>Further facts, bare or wrapped; see <see cref="AgentProperties"/>.</summary>
    public Dictionary<string, JsonElement>? Properties { get; init; }

    /// <summary>The job that it has, or <c>null</c>; only where it was asked for.</summary>
    public JobRequest? AssignedRequest { get; init; }
}

/// <summary>Whether an agent is there. Servers write the name or the number.</summary>
public enum AgentStatus
{
    /// <summary>Not said, or not known to this version.</summary>
    Unknown = 0,

    /// <summary>It has no session.</summary>
    Offline = 1,

    /// <summary>It waits for jobs.</summary>
    Online = 2,

    /// <summary>It has a job.</summary>
    Busy = 3,
}

/// <summary>Whose a label is.</summary>
public enum AgentLabelType
{
    /// <summary>The runner has it by itself.</summary>
    System = 0,

    /// <summary>Somebody gave it.</summary>
    User = 1,
}

/// <summary>A label of an agent.</summary>
public sealed record AgentLabel
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>The label.</summary>
    public string? Name { get; init; }

    /// <summary>Whose it is.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<AgentLabelType>))]
    public AgentLabelType Type { get; init; }
}

/// <summary>By what an agent proves who it is.</summary>
public sealed record AgentAuthorization
{
    /// <summary>Where it asks for tokens.</summary>
    public string? AuthorizationUrl { get; init; }

    /// <summary>Its name there, a GUID.</summary>
    public string? ClientId { get; init; }

    /// <summary>Its key.</summary>
    public AgentPublicKey? PublicKey { get; init; }
}

/// <summary>An RSA key.</summary>
public sealed record AgentPublicKey
{
    /// <summary>Public exponent.</summary>
    public byte[]? Exponent { get; init; }

    /// <summary>Modulus.</summary>
    public byte[]? Modulus { get; init; }
}

/// <summary>Reads <see cref="TaskAgent.Properties"/>: <c>true</c>, <c>"True"</c> or <c>{"$type": …, "$value": true}</c>. Pure.</summary>
public static class AgentProperties
{
    /// <summary>The text of a property, or <c>null</c>.</summary>
    public static string? Text(TaskAgent agent, string name)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var found = (agent.Properties ?? []).FirstOrDefault(property => property.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return Text(found.ValueKind == JsonValueKind.Object && found.TryGetProperty("$value", out var value) ? value : found);
    }

    /// <summary>A property that is true or false, or <c>null</c>.</summary>
    public static bool? Flag(TaskAgent agent, string name) => bool.TryParse(Text(agent, name), out var flag) ? flag : null;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}

/// <summary>Reply to the opening of a session (<c>sessions-and-messages.md</c> section 2).</summary>
public sealed record TenantSession
{
    /// <summary>Parameter of every later call.</summary>
    public Guid SessionId { get; init; }

    /// <summary>Echoed.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Echoed.</summary>
    public SessionAgent? Agent { get; init; }

    /// <summary>By what messages are encrypted, or <c>null</c>: they are not.</summary>
    public SessionKey? EncryptionKey { get; init; }

    /// <summary>Whether the key is wrapped with OAEP-SHA256, else with OAEP-SHA1.</summary>
    public bool UseFipsEncryption { get; init; }

    /// <summary>Where to poll instead, or <c>null</c>.</summary>
    public BrokerMigration? BrokerMigrationMessage { get; init; }
}

/// <summary>The key of a session.</summary>
public sealed record SessionKey
{
    /// <summary>Whether <see cref="Value"/> is wrapped by the runner's public key.</summary>
    public bool Encrypted { get; init; }

    /// <summary>The AES key.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}

/// <summary>A message of the long poll (section 3.1).</summary>
public sealed record TenantMessage
{
    /// <summary>Its number.</summary>
    public long MessageId { get; init; }

    /// <summary>One of <see cref="RunnerMessageTypes"/>, in any case.</summary>
    public string? MessageType { get; init; }

    /// <summary>Initialisation vector, or <c>null</c>: the body is no secret.</summary>
    [JsonPropertyName("iv")]
    public byte[]? InitializationVector { get; init; }

    /// <summary>JSON text, or base64 of it encrypted.</summary>
    public string? Body { get; init; }

    /// <summary>Without the body.</summary>
    public override string ToString() => $"{MessageType} {MessageId}";
}

/// <summary>A request for an agent: the lock of a job (<c>run-service.md</c> section 5).</summary>
public sealed record JobRequest
{
    /// <summary>Its number.</summary>
    public long RequestId { get; init; }

    /// <summary>The job is ours until then.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When the job ended.</summary>
    [JsonConverter(typeof(UtcTimestampConverter))]
    public DateTimeOffset? FinishTime { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<Conclusion>))]
    public Conclusion? Result { get; init; }
}
