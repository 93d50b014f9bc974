using System.Text.Json.Serialization;

namespace Runner.Protocol.Launch;

/// <summary>Routes of the launch service (<c>actions-download.md</c> section 2.1).</summary>
public static class LaunchRoutes
{
    /// <summary>Where actions are resolved; absolute, whatever path the service's address has.</summary>
    public static string ResolveActions(string plan, string job) => $"/actions/build/{plan}/jobs/{job}/runnerresolve/actions";
}

/// <summary>Asks for the commits of actions.</summary>
public sealed record ResolveActionsRequest
{
    /// <summary>The actions.</summary>
    [JsonPropertyName("actions")]
    public required IReadOnlyList<ActionToResolve> Actions { get; init; }

    /// <summary>Locked references of the job message, or <c>null</c>: there are none.</summary>
    [JsonPropertyName("actions_dependencies")]
    public IReadOnlyList<string>? Dependencies { get; init; }
}

/// <summary>One action to resolve.</summary>
public sealed record ActionToResolve
{
    /// <summary><c>owner/repo</c>.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>Branch, tag or commit.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary>Folder of the action in its repository, or <c>null</c>.</summary>
    [JsonPropertyName("path")]
    public string? Path { get; init; }
}

/// <summary>The commits.</summary>
public sealed record ResolveActionsResponse
{
    /// <summary>By <c>owner/repo@ref</c>, as sent.</summary>
    [JsonPropertyName("actions")]
    public IReadOnlyDictionary<string, ActionDownload> Actions { get; init => field = value ?? Empty; } = Empty;

    private static IReadOnlyDictionary<string, ActionDownload> Empty { get; } = new Dictionary<string, ActionDownload>();
}

/// <summary>An action's commit and where it can be downloaded.</summary>
public sealed record ActionDownload
{
    /// <summary><c>owner/repo</c> as used.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary><c>owner/repo</c> after renames.</summary>
    [JsonPropertyName("resolved_name")]
    public string? ResolvedName { get; init; }

    /// <summary>The commit.</summary>
    [JsonPropertyName("resolved_sha")]
    public string? ResolvedSha { get; init; }

    /// <summary>Ref as used.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Address of the gzipped tar.</summary>
    [JsonPropertyName("tar_url")]
    public string? TarUrl { get; init; }

    /// <summary>Address of the zip, for Windows.</summary>
    [JsonPropertyName("zip_url")]
    public string? ZipUrl { get; init; }

    /// <summary>Token for the download, or <c>null</c>: the job's own.</summary>
    [JsonPropertyName("authentication")]
    public ActionDownloadToken? Authentication { get; init; }

    /// <summary>The immutable package, or <c>null</c>.</summary>
    [JsonPropertyName("package_details")]
    public ActionPackageDetails? PackageDetails { get; init; }
}

/// <summary>Token of a download.</summary>
public sealed record ActionDownloadToken
{
    /// <summary>The token.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    /// <summary>Until when it is good, or <c>null</c>.</summary>
    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Nothing of the token.</summary>
    public override string ToString() => "***";
}

/// <summary>An immutable action package.</summary>
public sealed record ActionPackageDetails
{
    /// <summary>Version.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Digest of its manifest.</summary>
    [JsonPropertyName("manifest_digest")]
    public string? ManifestDigest { get; init; }
}

/// <summary>Body of a 422: what is wrong with which action.</summary>
public sealed record ResolveActionsError
{
    /// <summary>By <c>owner/repo@ref</c>.</summary>
    [JsonPropertyName("errors")]
    public IReadOnlyDictionary<string, ActionProblem>? Errors { get; init; }
}

/// <summary>Why an action cannot be used.</summary>
public sealed record ActionProblem
{
    /// <summary>In words.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
