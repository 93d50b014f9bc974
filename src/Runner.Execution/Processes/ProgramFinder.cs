namespace Runner.Execution.Processes;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramFinder
{
    /// <summary>
    /// The absolute path of a program, or <c>null</c>. A name with a slash is taken relative to <paramref name="folder"/>; another is looked for in
    /// the folders of <paramref name="path"/>, separated by colons, where an empty one means <paramref name="folder"/>.
    /// </summary>
    public static string? Find(string name, string? path, string folder)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Check(Path.Combine(folder, name));
        }

        foreach (var entry in (path ?? string.Empty).Split(':'))
        {
            if (Check(Path.Combine(folder, entry, name)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Check(string file) => File.Exists(file) && Libc.Access(file, Libc.MayExecute) == 0 ? file : null;
}
