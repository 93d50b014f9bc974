using System.CommandLine;
using static Runner.Cli.Flags.RunFlags;

namespace Runner.Cli.Flags;

/// <summary>The flags that say where actions and called workflows of other repositories come from.</summary>
internal sealed class RepositoryFlags
{
    public RepositoryFlags()
    {
        // Their names would make the help too wide for a terminal; docs/running-locally.md has them.
        Replaced.Hidden = true;
        ReplacementToken.Hidden = true;
    }

    public Option<string[]> Local { get; } = Texts(
        "--local-repository", null, "OWNER/REPO@REF=FOLDER", "Take a repository at a ref from a folder, as its files are now.");

    public Option<string?> CachePath { get; } = Text("--action-cache-path", null, "FOLDER", "Where fetched commits are kept. Default: runner/repositories in the user's cache folder.");

    public Option<bool> Offline { get; } = Switch("--action-offline-mode", "Ask no server about a ref that was fetched before.");

    public Option<string[]> Replaced { get; } = Texts(
        "--replace-ghe-action-with-github-com", null, "OWNER/REPO", "Take this repository from github.com instead of --github-instance.");

    public Option<string?> ReplacementToken { get; } = Text("--replace-ghe-action-token-with-github-com", null, "TOKEN", "Token for these; GITHUB_TOKEN is for --github-instance.");

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Local, CachePath, Offline, Replaced, ReplacementToken];
}
