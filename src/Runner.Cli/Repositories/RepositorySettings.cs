using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Settings;
using Runner.Jobs.Secrets;

namespace Runner.Cli.Repositories;

/// <summary>Where local runs find the repositories of actions and called workflows.</summary>
internal sealed record RepositorySettings
{
    private const string PublicHost = "github.com";

    /// <summary>Host of the GitHub server that repositories belong to.</summary>
    public string Host { get; init; } = PublicHost;

    /// <summary>Token for it, or <c>null</c>: what git itself knows.</summary>
    public Secret? Token { get; init; }

    /// <summary>Repositories (<c>owner/repo</c>) that are taken from github.com instead.</summary>
    public ImmutableHashSet<string> Replaced { get; init; } = [];

    /// <summary>Token for these, or <c>null</c>.</summary>
    public Secret? ReplacementToken { get; init; }

    /// <summary>Folders by <c>host/owner/repo@ref</c>, or <c>owner/repo@ref</c> for any host.</summary>
    public ImmutableDictionary<string, string> Local { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where fetched commits are kept.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Whether a ref that was fetched before is taken as it was then.</summary>
    public bool IsOffline { get; init; }

    /// <summary>The environment of git.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What the command line says of them.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="surroundings">The process.</param>
    /// <param name="token">The user's <c>GITHUB_TOKEN</c>, or <c>null</c>.</param>
    /// <exception cref="UsageException">A value has another form, or names no folder.</exception>
    public static RepositorySettings Of(RunSettings settings, CliSurroundings surroundings, Secret? token)
    {
        var flags = settings.Repositories;
        return new RepositorySettings
        {
            Host = WebAddress.ReadHost("--github-instance", settings.GitHubInstance),
            Token = token,
            Replaced = [.. flags.Replaced.Select(name => name.ToUpperInvariant())],
            ReplacementToken = flags.ReplacementToken is { Length: > 0 } text ? new Secret(text) : null,
            Local = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase)
                .SetItems(flags.Local.Select(text => ReadLocal(text, surroundings.WorkingFolder))),
            CacheFolder = flags.CachePath is { } given
                ? Path.GetFullPath(given, surroundings.WorkingFolder)
                : Path.Combine(UserCache.FolderOf(surroundings), "repositories"),
            IsOffline = flags.IsOffline,
            Environment = surroundings.Environment,
        };
    }

    /// <summary>The server of a repository: its host, and the token for it.</summary>
    public (string Host, Secret? Token) ServerOf(string repository) =>
        Replaced.Contains(repository.ToUpperInvariant()) ? (PublicHost, ReplacementToken) : (Host, Token);

    // act's two forms: https://host/owner/repo@ref=folder, and owner/repo@ref=folder for whatever host.
    private static KeyValuePair<string, string> ReadLocal(string text, string workingFolder)
    {
        if (text.Split('=', 2) is not [var key, { Length: > 0 } path]
            || key.Split('@', 2) is not [var repository, { Length: > 0 }]
            || WithoutScheme(repository).Split('/') is not ([_, _] or [_, _, _]))
        {
            throw new UsageException($"--local-repository: '{text}' is not of the form OWNER/REPO@REF=FOLDER");
        }

        var folder = Path.GetFullPath(path, workingFolder);
        return Directory.Exists(folder)
            ? KeyValuePair.Create(WithoutScheme(key), folder)
            : throw new UsageException($"--local-repository: there is no folder {folder} for {key}");
    }

    private static string WithoutScheme(string address) =>
        address.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? address[(end + 3)..] : address;
}
