namespace Runner.Services.Records;

/// <summary>Keeps a folder for one process at a time: the stores number what they keep.</summary>
public static class FolderLock
{
    /// <summary>Takes the folder, which is made where there is none; <c>null</c>: another process has it. Disposing gives it back.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or written.</exception>
    public static IDisposable? Take(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
