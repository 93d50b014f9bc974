using System.CommandLine;
using static Runner.Cli.Flags.RunFlags;

namespace Runner.Cli.Flags;

/// <summary>A flag of act that has nothing to switch here.</summary>
/// <param name="Option">The flag.</param>
/// <param name="Why">Why it has no effect, half a sentence.</param>
internal sealed record ForeignFlag(Option Option, string Why);

/// <summary>
/// act's flags that have nothing to switch here. They are accepted, so that scripts and <c>.actrc</c> files go on working, and each that is
/// used is told in one line.
/// </summary>
internal sealed class ForeignFlags
{
    private const string Fresh = "every job gets a fresh place, as on GitHub";
    private const string NoActions = "local runs of this version fetch no actions of other repositories";
    private const string NoServer = "local runs of this version have no artifact and cache server";

    /// <summary>All of them.</summary>
    public IReadOnlyList<ForeignFlag> All { get; } =
    [
        new(Switch("--insecure-secrets", "Print secrets."), "secrets are always hidden"),
        new(Switch("--watch", "Run again when files change.", "-w"), "files are not watched, everything runs once"),
        new(Texts("--local-repository", null, "OWNER/REPO@REF=FOLDER", "Take an action of this repository from a folder."), NoActions),
        new(Text("--action-cache-path", null, "FOLDER", "Where downloaded actions are kept."), NoActions),
        new(Switch("--action-offline-mode", "Download no action that is kept already."), NoActions),
        new(Switch("--rm", "Remove what was made for a job that failed, too."), "what was made for a job is always removed"),
        new(Switch("--debug-scheduling", "Print what labels became."), "jobs run on this machine, whatever their labels"),
        new(Switch("--reuse", "Keep containers of successful runs.", "-r"), Fresh),
        new(Switch("--rebuild", "Build images of local actions again."), "such images are built again whenever their files changed"),
        new(Switch("--use-gitignore", "Leave out what .gitignore names."), "what .gitignore names is always left out of the copy"),
        new(Switch("--use-new-action-cache", "Keep actions as bare repositories."), "there is one form of the cache of actions"),
        new(Switch("--no-cache-server", "Serve no cache."), NoServer),
        new(Text("--cache-server-path", null, "FOLDER", "Folder of the cache server."), NoServer),
        new(Text("--cache-server-addr", null, "ADDRESS", "Address of the cache server."), NoServer),
        new(Text("--cache-server-port", null, "PORT", "Port of the cache server."), NoServer),
        new(Text("--cache-server-external-url", null, "URL", "Address of the cache server behind a proxy."), NoServer),
        new(Text("--artifact-server-path", null, "FOLDER", "Folder of the artifact server."), NoServer),
        new(Text("--artifact-server-addr", null, "ADDRESS", "Address of the artifact server."), NoServer),
        new(Text("--artifact-server-port", null, "PORT", "Port of the artifact server."), NoServer),
        new(Texts("--replace-ghe-action-with-github-com", null, "OWNER/REPO", "Take this action from github.com."), "actions that --github-instance lacks are not replaced"),
        new(Text("--replace-ghe-action-token-with-github-com", null, "TOKEN", "Token for these."), "actions that --github-instance lacks are not replaced"),
    ];
}
