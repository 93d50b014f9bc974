using System.Collections.Immutable;
using Runner.Jobs.Containers;

namespace Runner.Jobs.Launch;

/// <summary>
/// The containers that a job asked for (<c>container:</c>, <c>services:</c>), as its launcher made them: what <c>job.container</c> and
/// <c>job.services</c> hold, and what the steps around the job tell. Nothing secret.
/// </summary>
public sealed record PlacedContainers
{
    /// <summary>The network that they share: <c>job.container.network</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The job's own; <c>null</c>: the workflow names none, and the job runs in what the backend gives it.</summary>
    public PlacedContainer? Job { get; init; }

    /// <summary>The services, in the order of the workflow.</summary>
    public ImmutableArray<PlacedService> Services { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Whether the services may not be ready when the worker starts: it then waits before the first step until its launcher says so
    /// (<c>runner-worker release</c>).
    /// </summary>
    public bool AwaitsRelease { get; init; }

    /// <summary>
    /// Why one of the services is not as it should be, in a line, and below it the last that it printed; <c>null</c>: they are, or it is told later
    /// (<see cref="AwaitsRelease"/>). The step that tells of them fails then, and the steps run that run after a failure.
    /// </summary>
    public string? Failure { get; init; }
}

/// <summary>A container.</summary>
/// <param name="Id"><c>job.container.id</c>: the engine's id, or the container's name in its pod.</param>
/// <param name="Image">Its image, as the workflow names it.</param>
public sealed record PlacedContainer(string Id, string Image);

/// <summary>A service.</summary>
/// <param name="Name">Key under <c>services</c>.</param>
/// <param name="Container">Its container.</param>
public sealed record PlacedService(string Name, PlacedContainer Container)
{
    /// <summary>Where steps reach its ports: <see cref="PortMapping.ReachedAt"/>, at <c>localhost</c>.</summary>
    public ImmutableArray<PortMapping> Ports { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether the workflow gives it a check of its health.</summary>
    public bool HasCheck { get; init; }
}
