using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Containers;

/// <summary>
/// The containers that a job asks for (<c>container:</c>, <c>services:</c>), with every expression in them evaluated: what a backend must
/// know before there is a worker. It holds secrets (variables, credentials).
/// </summary>
public sealed record JobContainers
{
    /// <summary>A job that asks for none.</summary>
    public static JobContainers None { get; } = new();

    /// <summary>The job's own container, or <c>null</c>: it runs in what the backend gives it.</summary>
    public JobContainer? Job { get; init; }

    /// <summary>The containers beside it, in the order of the workflow.</summary>
    public ImmutableArray<ServiceContainer> Services { get; init; } = [];

    /// <summary>Whether the job asks for neither.</summary>
    [JsonIgnore]
    public bool IsEmpty => Job is null && Services.IsEmpty;

    /// <summary>No secret of it: the images only.</summary>
    public override string ToString() => string.Join(", ", Services.Select(service => service.Container.Image).Prepend(Job?.Image ?? "-"));
}

/// <summary>A service: a container with a name that the steps reach it by.</summary>
/// <param name="Name">The key under <c>services</c>.</param>
/// <param name="Container">What runs.</param>
public sealed record ServiceContainer(string Name, JobContainer Container);

/// <summary>One container, as <c>job-message.md</c> section 8.3 has it.</summary>
public sealed record JobContainer
{
    /// <summary>Image, without <c>docker://</c>. Never empty.</summary>
    public required string Image { get; init; }

    /// <summary>Variables, in order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Ports to reach from outside.</summary>
    public ImmutableArray<PortMapping> Ports { get; init; } = [];

    /// <summary>Volumes beside the job's own.</summary>
    public ImmutableArray<VolumeMapping> Volumes { get; init; } = [];

    /// <summary>Options of <c>docker create</c>.</summary>
    public ContainerOptions Options { get; init; } = ContainerOptions.None;

    /// <summary>How to log in to the image's registry, or <c>null</c>.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>Program in place of the image's entry point, or <c>null</c>. Services only.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>Arguments in place of the image's own; empty: those. Services only.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The image only.</summary>
    public override string ToString() => Image;
}

/// <summary>User and password of an image registry.</summary>
public sealed record RegistryCredentials(string Username, string Password)
{
    /// <summary>The user only.</summary>
    public override string ToString() => $"{Username}:***";
}
