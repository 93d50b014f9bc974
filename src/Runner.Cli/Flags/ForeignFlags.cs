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
    private const string Fresh = "every job gets a fresh place, as on GitHub; the tool cache and images stay";

    /// <summary>All of them.</summary>
    public IReadOnlyList<ForeignFlag> All { get; } =
    [
        new(Switch("--insecure-secrets", "Print secrets."), "secrets are always hidden"),
        new(Switch("--reuse", "Keep containers of successful runs.", "-r"), Fresh),
        new(Switch("--rebuild", "Build images of local actions again."), "such images are built again whenever their files changed"),
        new(Switch("--use-new-action-cache", "Keep actions as bare repositories."), "there is one form of it, bare repositories"),
    ];
}
