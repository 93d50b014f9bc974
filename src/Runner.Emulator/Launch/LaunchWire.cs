using System.Collections.Immutable;

namespace Runner.Emulator.Launch;

/// <summary>Body of a resolution; <c>actions-download.md</c> section 2.1 has all of these.</summary>
internal sealed record ResolveRequest
{
    public ImmutableArray<ActionReference> Actions { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>An action asked for.</summary>
internal sealed record ActionReference
{
    /// <summary><c>owner/repo</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Branch, tag or commit.</summary>
    public required string Version { get; init; }
}

/// <summary>All that was asked for, by <c>owner/repo@ref</c>.</summary>
internal sealed record ResolveResponse(ImmutableSortedDictionary<string, ResolvedAction> Actions);

/// <summary>Where an action's archive is.</summary>
internal sealed record ResolvedAction
{
    public required string Name { get; init; }

    public required string ResolvedName { get; init; }

    public required string ResolvedSha { get; init; }

    public required string Version { get; init; }

    public required string TarUrl { get; init; }

    public required string ZipUrl { get; init; }

    public required ArchiveAuthentication Authentication { get; init; }
}

/// <summary>Opens the archives.</summary>
internal sealed record ArchiveAuthentication(string Token, DateTimeOffset ExpiresAt);

/// <summary>What could not be resolved, by <c>owner/repo@ref</c>: the body of a 422.</summary>
internal sealed record ResolutionErrors(ImmutableSortedDictionary<string, ResolutionError> Errors);

/// <summary>Why it could not.</summary>
internal sealed record ResolutionError(string Message);
