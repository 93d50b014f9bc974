using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>Where the program keeps what can be made again (the XDG base directory specification).</summary>
internal static class UserCache
{
    private const string Name = "runner";

    /// <summary><c>$XDG_CACHE_HOME/runner</c>, else <c>~/.cache/runner</c>, else a folder of this user's below the temporary one.</summary>
    /// <exception cref="OperatorException">Somebody else has taken that one: what is kept there is run.</exception>
    public static string FolderOf(CliSurroundings surroundings)
    {
        if ((surroundings.Variable("XDG_CACHE_HOME") ?? (surroundings.Variable("HOME") is { } home ? Path.Combine(home, ".cache") : null)) is { } cache)
        {
            return Path.Combine(cache, Name);
        }

        var folder = PrivateFolder.InTemporary("runner-cache");
        if (PrivateFolder.FindProblem(folder) is { } problem)
        {
            throw new OperatorException([$"The folder '{folder}' cannot be trusted: {problem}; set XDG_CACHE_HOME"]);
        }

        PrivateFolder.Make(folder); // before somebody else does
        return folder;
    }
}
