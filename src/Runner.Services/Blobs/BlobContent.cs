using System.Globalization;

namespace Runner.Services.Blobs;

/// <summary>
/// Where the bytes of a blob are: in a file, or in a folder of files that follow each other by their names. Blocks that were uploaded become such a folder by being
/// renamed: to copy them into one file would write all of them a second time.
/// </summary>
internal sealed class BlobContent(string path)
{
    private const string PartsEnding = ".parts";

    /// <summary>The file, for whoever appends to it.</summary>
    public string FilePath => path;

    private string PartsPath => path + PartsEnding;

    /// <summary>Name of a block's file in a folder that is to be the content.</summary>
    public static string PartName(int index) => index.ToString("D8", CultureInfo.InvariantCulture);

    /// <summary>The files of such a folder, in their order.</summary>
    public static IReadOnlyList<FileInfo> PartsOf(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFiles().OrderBy(part => part.Name, StringComparer.Ordinal)];

    /// <summary>A new file for bytes that arrive.</summary>
    public static FileStream Create(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, 1 << 16, useAsync: true);

    /// <summary>Removes a folder with all that is in it, where there is one.</summary>
    public static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes a file the content, whatever there was.</summary>
    public void Take(string file)
    {
        DeleteParts();
        File.Move(file, path, overwrite: true);
    }

    /// <summary>Makes a folder of parts the content, whatever there was.</summary>
    public void TakeParts(string folder)
    {
        Delete();
        Directory.Move(folder, PartsPath);
    }

    /// <summary>Makes the content empty.</summary>
    public void Clear()
    {
        DeleteParts();
        File.WriteAllBytes(path, []);
    }

    /// <summary>How many bytes there are; <c>null</c>: there is no content.</summary>
    public long? Measure() =>
        new FileInfo(path) is { Exists: true } file ? file.Length
        : Directory.Exists(PartsPath) ? PartsOf(PartsPath).Sum(part => part.Length)
        : null;

    /// <summary>Opens it for reading, or <c>null</c> where there is none. The caller disposes it.</summary>
    public Stream? OpenRead()
    {
        try
        {
            return Directory.Exists(PartsPath) ? PartsStream.OfFiles(PartsOf(PartsPath)) : PartsStream.Open(path);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // deleted meanwhile
        }
    }

    /// <summary>Removes it.</summary>
    public void Delete()
    {
        if (File.Exists(path)) // its folder may not be there, either
        {
            File.Delete(path);
        }

        DeleteParts();
    }

    // Out of the way first, under a name that the next start removes if this one does not: a folder goes file by file, and on NFS not before its last reader.
    private void DeleteParts()
    {
        if (!Directory.Exists(PartsPath))
        {
            return;
        }

        var leaving = $"{path}.{Guid.NewGuid():N}{BlobStore.IncomingEnding}";
        Directory.Move(PartsPath, leaving);
        try
        {
            Directory.Delete(leaving, recursive: true);
        }
        catch (IOException)
        {
            // It is in use.
        }
    }
}
