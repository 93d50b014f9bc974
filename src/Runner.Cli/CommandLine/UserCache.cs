namespace Runner.Cli.CommandLine;

/// <summary>Where the program keeps what can be made again (the XDG base directory specification).</summary>
internal static class UserCache
{
    /// <summary><c>$XDG_CACHE_HOME/runner</c>, else <c>~/.cache/runner</c>, else a folder of the temporary one.</summary>
    public static string FolderOf(CliSurroundings surroundings) => Path.Combine(
        surroundings.Variable("XDG_CACHE_HOME")
            ?? (surroundings.Variable("HOME") is { } home ? Path.Combine(home, ".cache") : Path.GetTempPath()),
        "runner");
}
