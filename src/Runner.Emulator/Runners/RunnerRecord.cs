using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Runner.Emulator.Runners;

/// <summary>A registered runner.</summary>
internal sealed record RunnerRecord
{
    /// <summary>Id, given by the registry.</summary>
    public int Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Where it is registered: <c>orgs/acme</c>, <c>repos/acme/app</c>, <c>enterprises/acme</c>.</summary>
    public required string Scope { get; init; }

    public required int GroupId { get; init; }

    public required ImmutableArray<RunnerLabel> Labels { get; init; }

    /// <summary>The scale set that it belongs to, or <c>null</c>.</summary>
    public int? ScaleSet { get; init; }

    /// <summary>Whether it is removed after one job.</summary>
    public required bool IsEphemeral { get; init; }

    /// <summary>Its name at the OAuth endpoint.</summary>
    public Guid ClientId { get; init; } = Guid.NewGuid();

    /// <summary>Verifies its client assertions; public parts only.</summary>
    public required RSAParameters PublicKey { get; init; }

    /// <summary>Audience of its client assertions.</summary>
    public required Uri AuthorizationUrl { get; init; }

    public string? Version { get; init; }

    /// <summary>Whether it serves every repository, wherever it is registered: it was made in this process, not by the REST API.</summary>
    public bool IsEverybodys { get; init; }

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Operating system that it named when it polled, in GitHub's words; <c>unknown</c> before.</summary>
    public string Os { get; init; } = "unknown";

    /// <summary>Whether the runner has every label that a job asks for, without regard to case.</summary>
    public bool HasAll(ImmutableArray<string> labels) =>
        labels.All(wanted => Labels.Any(label => string.Equals(label.Name, wanted, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>An ephemeral runner that is registered no more.</summary>
/// <param name="Runner">Who it was.</param>
/// <param name="HasRunJob">Whether it ran its job; else it lost the one that it was offered.</param>
/// <param name="At">Since when.</param>
internal sealed record SpentRunner(RunnerRecord Runner, bool HasRunJob, DateTimeOffset At);

/// <summary>A label of a runner.</summary>
/// <param name="Id">Number, the same for the same name.</param>
/// <param name="Name">As the runner wrote it.</param>
/// <param name="IsSystem">Whether it is one of the runner's own (<c>self-hosted</c>, <c>Linux</c>, <c>X64</c>).</param>
internal sealed record RunnerLabel(int Id, string Name, bool IsSystem);
