using System.Collections.Concurrent;
using Runner.Execution.Files;

namespace Runner.Execution.FileCommands;

/// <summary>
/// Command files that their step left untouched: later steps get them under new names. Most steps write none of their five files, and to rename one is
/// cheap where to make one may take a millisecond (ext4 passes over every inode that was freed within the last minutes).
/// </summary>
internal sealed class SpareFiles
{
    private readonly ConcurrentBag<string> _paths = [];

    /// <summary>An empty file of that name.</summary>
    public string Make(string path)
    {
        if (_paths.TryTake(out var spare) && IsUntouched(spare))
        {
            File.Move(spare, path);
        }
        else
        {
            File.Create(path).Dispose();
        }

        return path;
    }

    /// <summary>Takes a file whose step has ended, if nobody wrote to it.</summary>
    public void Offer(string path)
    {
        if (IsUntouched(path))
        {
            _paths.Add(path);
        }
    }

    // Not a link, a pipe or a device: the step that gets it would write to somewhere else, or wait for ever.
    private static bool IsUntouched(string path) =>
        FileState.At(path) is { Kind: FileKind.Regular, Length: 0, IsOursToWrite: true };
}
