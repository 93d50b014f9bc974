using System.Text.Json.Serialization;
using Runner.Protocol.Json;

namespace Runner.Protocol.Registration;

/// <summary>The file <c>.runner</c> (<c>registration.md</c> section 7.1).</summary>
public sealed record RunnerSettings
{
    /// <summary>Id of the runner.</summary>
    public long AgentId { get; init; }

    /// <summary>Name of the runner.</summary>
    public string AgentName { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Id of the pool (runner group).</summary>
    public long PoolId { get; init; }

    /// <summary>Name of the pool.</summary>
    public string? PoolName { get; init; }

    /// <summary>V1 tenant.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>Base of the broker.</summary>
    public string? ServerUrlV2 { get; init; }

    /// <summary>Whether the broker is used.</summary>
    [JsonConverter(typeof(TolerantBooleanConverter))]
    public bool UseV2Flow { get; init; }

    /// <summary>Whether the runner was registered over the REST API.</summary>
    [JsonConverter(typeof(TolerantBooleanConverter))]
    public bool UseRunnerAdminFlow { get; init; }

    /// <summary>Organisation, repository or enterprise that it was registered with.</summary>
    [JsonPropertyName("gitHubUrl")]
    public string? GitHubUrl { get; init; }

    /// <summary>Folder for jobs; unused here.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>Whether the runner is gone after one job.</summary>
    [JsonConverter(typeof(TolerantBooleanConverter))]
    public bool Ephemeral { get; init; }

    /// <summary>Whether the server leaves the runner's version alone.</summary>
    [JsonConverter(typeof(TolerantBooleanConverter))]
    public bool DisableUpdate { get; init; }
}
