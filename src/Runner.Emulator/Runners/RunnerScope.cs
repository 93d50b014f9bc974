using Microsoft.AspNetCore.Routing;

namespace Runner.Emulator.Runners;

/// <summary>The organisation, repository or enterprise that runners belong to, as the path that stands for it in the REST API.</summary>
internal static class RunnerScope
{
    /// <summary>Route patterns that name a scope.</summary>
    public static IReadOnlyList<string> Patterns { get; } = ["/orgs/{org}", "/repos/{owner}/{repo}", "/enterprises/{enterprise}"];

    /// <summary>The scope that a request's path names.</summary>
    public static string Of(RouteValueDictionary route) =>
        route["org"] is string org ? $"orgs/{org}"
        : route["enterprise"] is string enterprise ? $"enterprises/{enterprise}"
        : $"repos/{route["owner"]}/{route["repo"]}";

    /// <summary>The scope of an address that a runner is configured with (<c>registration.md</c> section 1.2); <c>null</c> where it names none.</summary>
    public static string? Of(Uri configured) => configured.AbsolutePath.Trim('/').Split('/') switch
    {
        [var org] when org.Length > 0 => $"orgs/{org}",
        ["enterprises", var enterprise] => $"enterprises/{enterprise}",
        [var owner, var repository] => $"repos/{owner}/{repository}",
        _ => null,
    };

    /// <summary>The address that a runner of a scope is configured with.</summary>
    public static Uri AddressOf(string scope, Uri root) => new(root, scope.StartsWith("enterprises/", StringComparison.Ordinal)
        ? scope
        : scope[(scope.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    /// <summary>Whether jobs of a repository go to runners of a scope. A run without a repository is everybody's.</summary>
    public static bool Covers(string scope, string? repository) => repository is null || scope.Split('/') switch
    {
        ["orgs", var org] => AreSame(org, repository.Split('/')[0]),
        ["repos", var owner, var name] => AreSame($"{owner}/{name}", repository),
        _ => true, // an enterprise has all organisations
    };

    public static bool AreSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
