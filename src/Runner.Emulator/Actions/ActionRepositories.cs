using Runner.Emulator.Options;
using Runner.Services.Repositories;

namespace Runner.Emulator.Actions;

/// <summary>Finds the repositories of actions that the options name.</summary>
internal sealed class ActionRepositories(EmulatorOptions options)
{
    private readonly Dictionary<string, string> _named = new(options.ActionRepositories, StringComparer.OrdinalIgnoreCase);

    /// <summary>The repository of a name, case ignored as on GitHub; <c>null</c> where there is none.</summary>
    /// <param name="name"><c>owner/repo</c>.</param>
    public IActionRepository? Find(string name)
    {
        if (name.Split('/') is not [var owner, var repository] || !IsName(owner) || !IsName(repository))
        {
            return null;
        }

        if (_named.TryGetValue(name, out var folder))
        {
            return Open(_named.Keys.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)), folder);
        }

        return options.ActionsFolder is { } root && Child(root, owner) is { } ownerFolder && Child(ownerFolder, repository) is { } found
            ? Open($"{Path.GetFileName(ownerFolder)}/{Path.GetFileName(found)}", found)
            : null;
    }

    private static IActionRepository? Open(string name, string folder) =>
        GitActionRepository.IsRepository(folder) ? new GitActionRepository(name, folder)
        : Directory.Exists(folder) ? new FolderActionRepository(name, folder)
        : null;

    // Names come from requests: only an entry of the folder itself can match, so that none leads out of it.
    private static string? Child(string folder, string name) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).FirstOrDefault(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase))
        : null;

    private static bool IsName(string text) => text is not ("" or "." or "..");
}
