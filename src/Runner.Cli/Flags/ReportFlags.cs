using System.CommandLine;
using static Runner.Cli.Flags.RunFlags;

namespace Runner.Cli.Flags;

/// <summary>act's flags that tell about the program itself and run nothing.</summary>
internal sealed class ReportFlags
{
    public Option<bool> ListOptions { get; } = Switch("--list-options", "Print all flags as JSON.");

    public Option<bool> ManPage { get; } = Switch("--man-page", "Print a manual page: runner --man-page | man -l -");

    public Option<bool> BugReport { get; } = Switch("--bug-report", "Print what a report of a bug should say of this machine.");

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [ListOptions, ManPage, BugReport];
}
