using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>Reads <c>--action OWNER/REPO=PATH</c>.</summary>
internal static class ActionFlag
{
    /// <summary>The folders by <c>owner/repo</c>; of two for one name the later counts.</summary>
    /// <exception cref="OperatorException">A value has another form, or names no folder.</exception>
    public static Dictionary<string, string> Read(IEnumerable<string> values)
    {
        var folders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values)
        {
            var (name, path) = value.Split('=', 2) is [var left, var right] && left.Split('/') is [{ Length: > 0 }, { Length: > 0 }]
                ? (left, Path.GetFullPath(right))
                : throw new OperatorException($"--action: '{value}' is not of the form OWNER/REPO=PATH");
            folders[name] = Directory.Exists(path) ? path : throw new OperatorException($"--action: there is no folder {path} for {name}");
        }

        return folders;
    }
}
