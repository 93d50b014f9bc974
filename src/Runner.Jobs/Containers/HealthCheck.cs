using System.Text.Json.Serialization;

namespace Runner.Jobs.Containers;

/// <summary>When a container counts as healthy: the <c>--health-…</c> options, with Docker's defaults.</summary>
public sealed record HealthCheck
{
    /// <summary>Command for the container's shell; <c>null</c>: the image's own check.</summary>
    public string? Command { get; init; }

    /// <summary>Between two checks; <c>null</c>: 30 s, or the image's.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long one check may take; <c>null</c>: 30 s, or the image's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long failures do not count after the start; <c>null</c>: 0, or the image's.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Failures in a row that make it unhealthy; <c>null</c>: 3, or the image's.</summary>
    public int? Retries { get; init; }

    /// <summary>Whether there is no check, not even the image's (<c>--no-healthcheck</c>).</summary>
    public bool IsDisabled { get; init; }

    /// <summary>How long a container may take to become healthy.</summary>
    [JsonIgnore]
    public TimeSpan Limit => (StartPeriod ?? TimeSpan.Zero) + ((Retries ?? 3) * ((Interval ?? Default) + (Timeout ?? Default)));

    /// <summary>Docker's interval and timeout.</summary>
    [JsonIgnore]
    public static TimeSpan Default { get; } = TimeSpan.FromSeconds(30);
}
