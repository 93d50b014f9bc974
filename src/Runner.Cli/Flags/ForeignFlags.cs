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

    /// <summary>All of them.</summary>
    public IReadOnlyList<ForeignFlag> All { get; } =
    [
        new(Switch("--insecure-secrets", "Print secrets."), "secrets are always hidden"),
        new(Switch("--watch", "Run again when files change.", "-w"), "files are not watched, everything runs once"),
        new(Switch("--rm", "Remove what was made for a job that failed, too."), "what was made for a job is always removed"),
        new(Switch("--reuse", "Keep containers of successful runs.", "-r"), Fresh),
        new(Switch("--rebuild", "Build images of local actions again."), "such images are built again whenever their files changed"),
        new(Switch("--use-gitignore", "Leave out what .gitignore names."), "what .gitignore names is always left out of the copy"),
        new(Switch("--use-new-action-cache", "Keep actions as bare repositories."), "there is one form of it, bare repositories"),
    ];
}
