using System.Collections.Immutable;
using System.Text.Json;
using Runner.Services.Callers;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Planning;

namespace Runner.Emulator.Runs;

/// <summary>Where a run comes from, as far as its tokens tell of it.</summary>
internal sealed record RunOrigin
{
    /// <summary>The default branch: the emulator's repositories are given no other.</summary>
    public const string DefaultBranch = "main";

    /// <summary><c>owner/repo</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Whether it is public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The repository by which runners are chosen; <c>null</c> where whoever queued the run named none: it is everybody's.</summary>
    public string? RoutedRepository => WorkflowRequest.IsUnnamed(Repository) ? null : Repository;

    /// <summary>Full ref.</summary>
    public required string Ref { get; init; }

    /// <summary>Which caches it sees and where it saves.</summary>
    public required ImmutableArray<CacheScope> CacheScopes { get; init; }

    /// <summary>Of a run without a workflow.</summary>
    public static RunOrigin OfRawJob { get; } = Of("emulator/workflow", "refs/heads/main", null, isFork: false);

    /// <summary>Of a queued workflow; a pull request's base branch and fork are in its payload.</summary>
    public static RunOrigin Of(WorkflowRequest request)
    {
        var pull = Member(request.Payload, "pull_request");
        var isFork = Member(Member(Member(pull, "head"), "repo"), "fork") is { ValueKind: JsonValueKind.True };
        var target = Member(Member(pull, "base"), "ref") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null;
        return Of(request.Repository, request.Ref, target, isFork) with { IsPublic = request.Visibility.Equals("public", StringComparison.OrdinalIgnoreCase) };
    }

    /// <summary>The same within the <c>cache-mode</c> of a job.</summary>
    public RunOrigin For(PlannedJob planned) => planned.CacheAccess is { } access
        ? this with { CacheScopes = Services.Callers.CacheScopes.Within(CacheScopes, access.HasFlag(CacheAccess.Restore), access.HasFlag(CacheAccess.Save)) }
        : this;

    private static RunOrigin Of(string repository, string reference, string? target, bool isFork) => new()
    {
        Repository = repository,
        Ref = reference,
        CacheScopes = Services.Callers.CacheScopes.Of(reference, target, DefaultBranch, isFork),
    };

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}
