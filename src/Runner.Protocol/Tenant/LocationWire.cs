using System.Text.Json.Serialization;

namespace Runner.Protocol.Tenant;

/// <summary>Reply of <c>connectionData</c> (<c>registration.md</c> section 11).</summary>
public sealed record ConnectionData
{
    /// <summary>The server.</summary>
    public Guid InstanceId { get; init; }

    /// <summary><c>hosted</c> or <c>onPremises</c>.</summary>
    public string? DeploymentType { get; init; }

    /// <summary>Where things are.</summary>
    public LocationServiceData? LocationServiceData { get; init; }
}

/// <summary>Where a server's things are.</summary>
public sealed record LocationServiceData
{
    /// <summary>Whose data it is.</summary>
    public Guid ServiceOwner { get; init; }

    /// <summary>Whether a client's copy is as good.</summary>
    public bool ClientCacheFresh { get; init; }

    /// <summary>How long it may be kept, in seconds.</summary>
    public int ClientCacheTimeToLive { get; init; }

    /// <summary>One for each resource.</summary>
    public IReadOnlyList<ServiceDefinition>? ServiceDefinitions { get; init; }
}

/// <summary>Where one resource is.</summary>
public sealed record ServiceDefinition
{
    /// <summary>Its area.</summary>
    public string? ServiceType { get; init; }

    /// <summary>Its id: <see cref="TenantResource.Id"/>.</summary>
    public Guid Identifier { get; init; }

    /// <summary>Its name, in the path.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Its path, with places for values.</summary>
    public string? RelativePath { get; init; }

    /// <summary>Newest version.</summary>
    public string? MaxVersion { get; init; }

    /// <summary>Oldest version.</summary>
    public string? MinVersion { get; init; }

    /// <summary>Newest version that is no preview.</summary>
    public string? ReleasedVersion { get; init; }

    /// <summary>Revision within the version.</summary>
    public int ResourceVersion { get; init; }
}

/// <summary>A list as V1 wraps them, both ways.</summary>
public sealed record TenantList<T>
{
    /// <summary>How many.</summary>
    public int Count { get; init; }

    /// <summary>They.</summary>
    public IReadOnlyList<T>? Value { get; init; }
}

/// <summary>Makes lists.</summary>
public static class TenantLists
{
    /// <summary>A list of these.</summary>
    public static TenantList<T> Of<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new TenantList<T> { Count = items.Count, Value = items };
    }
}

/// <summary>Body of a refusal (section 10).</summary>
public sealed record TenantErrorBody
{
    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>What it is, such as <c>TaskAgentNotFoundException</c>.</summary>
    public string? TypeKey { get; init; }

    /// <summary>The same with all its names.</summary>
    public string? TypeName { get; init; }

    /// <summary>Tells kinds of one type apart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ErrorCode { get; init; }
}
