using System.Text.RegularExpressions;

namespace Runner.Cli.Git;

/// <summary>What git knows of a folder. Each property is <c>null</c> where git does not know it, all of them outside of a repository.</summary>
internal sealed partial record GitCheckout
{
    /// <summary>Topmost folder of the working tree.</summary>
    public string? Root { get; init; }

    /// <summary>Commit that is checked out.</summary>
    public string? Sha { get; init; }

    /// <summary>Full ref: the branch; without one, the tag of the commit.</summary>
    public string? Ref { get; init; }

    /// <summary><c>owner/name</c>, from the address of the remote.</summary>
    public string? Repository { get; init; }

    /// <summary>Default branch, as the remote's <c>HEAD</c> says.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary><c>github.user</c>, else <c>user.name</c> of the settings.</summary>
    public string? User { get; init; }

    /// <summary>The commit and those before it; <c>null</c> where there is no commit.</summary>
    public GitHistory? History { get; init; }

    /// <summary>Asks git about a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="remote">Name of the remote.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public static async Task<GitCheckout> ReadAsync(string folder, string remote, CancellationToken cancellationToken)
    {
        // Together: each takes a few milliseconds, most of them for its start.
        var settings = SettingsAsync();
        if (!GitFolder.IsAbove(folder))
        {
            return new GitCheckout { User = UserOf(await settings) };
        }

        var root = Ask("rev-parse", "--show-toplevel");
        var sha = Ask("rev-parse", "HEAD");
        var branch = Ask("symbolic-ref", "--quiet", "HEAD");
        var tag = Ask("describe", "--tags", "--exact-match", "HEAD");
        var head = Ask("symbolic-ref", "--quiet", $"refs/remotes/{remote}/HEAD");
        var prefix = $"refs/remotes/{remote}/";
        return new GitCheckout
        {
            Root = await root,
            Sha = await sha is { Length: 40 or 64 } id ? id : null,
            Ref = await branch ?? (await tag is { } exact ? $"refs/tags/{exact}" : null),
            Repository = (await settings).GetValueOrDefault($"remote.{remote}.url") is { } address ? RepositoryOf(address) : null,
            DefaultBranch = await head is { } target && target.StartsWith(prefix, StringComparison.Ordinal) ? target[prefix.Length..] : null,
            User = UserOf(await settings),
        };

        // The last value of a key counts.
        async Task<Dictionary<string, string>> SettingsAsync()
        {
            var found = await GitCommand.ListAsync(folder, cancellationToken, "config", "-z", "--get-regexp", @"^(github\.user|user\.name|remote\..*\.url)$") ?? [];
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var setting in found.Select(setting => setting.Split('\n', 2)).Where(setting => setting is [_, { Length: > 0 }]))
            {
                settings[setting[0]] = setting[1];
            }

            return settings;
        }

        Task<string?> Ask(params string[] arguments) => GitCommand.AskAsync(folder, cancellationToken, arguments);
    }

    private static string? UserOf(Dictionary<string, string> settings) => settings.GetValueOrDefault("github.user") ?? settings.GetValueOrDefault("user.name");

    /// <summary><c>owner/name</c> of an address such as <c>git@github.com:owner/name.git</c> or <c>https://github.com/owner/name</c>; else <c>null</c>.</summary>
    internal static string? RepositoryOf(string address) =>
        LastTwoParts().Match(address) is { Success: true } match ? $"{match.Groups["owner"].Value}/{match.Groups["name"].Value}" : null;

    [GeneratedRegex(@"[/:](?<owner>[^/:]+)/(?<name>[^/:]+?)(\.git)?/?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex LastTwoParts();
}
