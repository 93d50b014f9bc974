using Runner.Execution.Processes;

namespace Runner.Execution.Files;

/// <summary>What is at a path.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A file with bytes that end.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link that was not followed.</summary>
    Link,

    /// <summary>A device, a pipe or a socket.</summary>
    Special,
}

/// <summary>What <c>stat</c> says of a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its bytes; 0 for what has none.</param>
/// <param name="IsOursToWrite">Whether it belongs to this process' user, who may read and write it.</param>
internal readonly unsafe record struct FileState(FileKind Kind, long Length, bool IsOursToWrite)
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;
    private const int OwnerReadsAndWrites = 0x180;

    /// <summary>What is at a path; a link is not followed. What cannot be looked at counts as missing.</summary>
    public static FileState At(string path)
    {
        var buffer = stackalloc byte[Libc.SizeOfFileStatus];
        return Libc.StatusOfPath(path, buffer) == 0 ? Read(buffer) : default;
    }

    /// <summary>What a file descriptor leads to.</summary>
    public static FileState Of(int file)
    {
        var buffer = stackalloc byte[Libc.SizeOfFileStatus];
        return Libc.StatusOfFile(file, buffer) == 0 ? Read(buffer) : default;
    }

    private static FileState Read(byte* status)
    {
        var mode = *(uint*)(status + Libc.FileModeOffset);
        var kind = (mode & TypeMask) switch
        {
            RegularType => FileKind.Regular,
            FolderType => FileKind.Folder,
            LinkType => FileKind.Link,
            _ => FileKind.Special,
        };
        var isOurs = *(uint*)(status + Libc.FileOwnerOffset) == Libc.EffectiveUser() && (mode & OwnerReadsAndWrites) == OwnerReadsAndWrites;
        return new FileState(kind, kind == FileKind.Regular ? *(long*)(status + Libc.FileSizeOffset) : 0, isOurs);
    }
}
