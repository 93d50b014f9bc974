using System.Text.Json.Serialization;
using Runner.Jobs.Tokens;

namespace Runner.Jobs.Messages;

/// <summary>The plan of a run (<c>job-message.md</c> section 3).</summary>
public sealed record PlanReference
{
    /// <summary>Scope of V1 routes.</summary>
    public Guid ScopeIdentifier { get; init; }

    /// <summary>Hub name of V1 routes, such as <c>actions</c>.</summary>
    public string? PlanType { get; init; }

    /// <summary>8 and above: V1 jobs are completed by the <c>JobCompleted</c> event.</summary>
    public int Version { get; init; }

    /// <summary>Id of the plan.</summary>
    public required PlanId PlanId { get; init; }

    /// <summary>Group of the plan.</summary>
    public string? PlanGroup { get; init; }
}

/// <summary>A V1 timeline.</summary>
public sealed record TimelineReference
{
    /// <summary>Id of the timeline.</summary>
    public Guid Id { get; init; }

    /// <summary>Version counter of the server.</summary>
    public int ChangeId { get; init; }

    /// <summary>Address, or <c>null</c>.</summary>
    public string? Location { get; init; }
}

/// <summary>Resources of a job (<c>job-message.md</c> section 4).</summary>
public sealed record JobResources
{
    /// <summary>Service endpoints.</summary>
    public IReadOnlyList<ServiceEndpoint> Endpoints { get; init => field = value ?? []; } = [];
}

/// <summary>A service endpoint with its credentials.</summary>
public sealed record ServiceEndpoint
{
    /// <summary>Name, compared without regard to case.</summary>
    public string? Name { get; init; }

    /// <summary>Base address: the run service's (V2) or the tenant's (V1).</summary>
    public string? Url { get; init; }

    /// <summary>How to authenticate.</summary>
    public EndpointAuthorization? Authorization { get; init; }

    /// <summary>Addresses of other services, by name.</summary>
    public IReadOnlyDictionary<string, string?> Data { get; init => field = value ?? Empty; } = Empty;

    /// <summary>The bearer token, or <c>null</c>.</summary>
    [JsonIgnore]
    public string? AccessToken => Authorization?.Parameters.FirstOrDefault(
        parameter => string.Equals(parameter.Key, "AccessToken", StringComparison.OrdinalIgnoreCase)).Value;

    private static IReadOnlyDictionary<string, string?> Empty { get; } = new Dictionary<string, string?>();

    /// <summary>An entry of <see cref="Data"/>, found without regard to case; <c>null</c> where it is missing or empty.</summary>
    public string? DataValue(string name)
    {
        var value = Data.FirstOrDefault(entry => string.Equals(entry.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>Name and address only: the credentials are not for logs.</summary>
    public override string ToString() => $"{Name} {Url}";
}

/// <summary>Credentials of an endpoint.</summary>
public sealed record EndpointAuthorization
{
    /// <summary><c>OAuth</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Holds <c>AccessToken</c>.</summary>
    public IReadOnlyDictionary<string, string?> Parameters { get; init => field = value ?? Empty; } = Empty;

    private static IReadOnlyDictionary<string, string?> Empty { get; } = new Dictionary<string, string?>();

    /// <summary>The scheme only.</summary>
    public override string ToString() => Scheme ?? string.Empty;
}

/// <summary><c>workspace</c> of a job.</summary>
public sealed record WorkspaceOptions
{
    /// <summary><c>outputs</c>, <c>resources</c>, <c>all</c>, or <c>null</c>.</summary>
    public string? Clean { get; init; }
}

/// <summary>What to mask, beside the secret variables.</summary>
public sealed record MaskHint
{
    /// <summary>How to read <see cref="Value"/>.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<MaskType>))]
    public MaskType Type { get; init; }

    /// <summary>Name of a variable, or a regular expression.</summary>
    public string? Value { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => Type.ToString();
}

/// <summary>Kind of a mask hint.</summary>
public enum MaskType
{
    /// <summary>Not known to this version.</summary>
    Unknown = 0,

    /// <summary>The value is the name of a variable.</summary>
    Variable = 1,

    /// <summary>The value is a regular expression.</summary>
    Regex = 2,
}

/// <summary>The deployment environment of a job.</summary>
public sealed record ActionsEnvironment
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Address, evaluated at the end of the job.</summary>
    public TemplateToken? Url { get; init; }
}

/// <summary>A variable. A secret one is masked and, but for two tokens, stands in the <c>secrets</c> context.</summary>
public sealed record VariableValue
{
    /// <summary>The text; <c>null</c> counts as empty.</summary>
    public string? Value { get; init; }

    /// <summary>Whether the value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The value, or <c>***</c>.</summary>
    public override string ToString() => IsSecret ? "***" : Value ?? string.Empty;
}
