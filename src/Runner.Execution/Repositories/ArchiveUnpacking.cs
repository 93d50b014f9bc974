using System.Formats.Tar;

namespace Runner.Execution.Repositories;

/// <summary>Unpacks one tar archive into a folder, within limits.</summary>
/// <remarks>
/// Nothing is written outside of the folder: no path leads up, and links are made only after all files are written. Devices and pipes have no
/// place in it.
/// </remarks>
internal sealed class ArchiveUnpacking
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    // A file that runs as its owner has no place in a checkout; a folder whose files get its group has.
    private const UnixFileMode FolderPermissions = Permissions | UnixFileMode.SetGroup | UnixFileMode.StickyBit;

    private readonly string _folder;
    private readonly ArchiveLimits _limits;
    private readonly ArchiveLinks _links = new();
    private readonly List<(string Path, UnixFileMode Mode)> _folders = [];
    private string? _top;
    private int _entries;
    private long _bytes;

    private ArchiveUnpacking(string folder, ArchiveLimits limits)
    {
        _folder = folder;
        _limits = limits;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Unpacks an archive into a folder that is empty or not there; gives the number of its entries.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, holds what it must not, or is too large.</exception>
    public static int Run(Stream archive, string folder, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        using var reader = new TarReader(archive, leaveOpen: true);
        var unpacking = new ArchiveUnpacking(folder, limits);
        try
        {
            while (reader.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                unpacking.Take(entry);
            }
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("the archive is cut short", error);
        }

        unpacking.MakeLinks();
        unpacking.SetFolderModes();
        return unpacking._entries;
    }

    private void Take(TarEntry entry)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
        {
            return; // git's note of the commit
        }

        Count(entries: 1, bytes: 0);
        var path = Relative(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                MakeFolder(Path.Combine(_folder, path));
                _folders.Add((path, entry.Mode));
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                Write(entry, NewFile(path));
                break;
            case TarEntryType.SymbolicLink:
                _links.Add(NotTheTop(path), entry.LinkName);
                break;
            case TarEntryType.HardLink:
                CopyLinked(Path.Combine(_folder, Relative(entry.LinkName)), NewFile(path));
                break;
            default:
                throw new InvalidDataException($"'{entry.Name}' is a {entry.EntryType}: only files, folders and links may be in {_limits.Content}");
        }
    }

    // Links come last, so that no entry could have been written through one.
    private void MakeLinks()
    {
        foreach (var (path, target) in _links.Targets)
        {
            if (!_limits.KeepsAsIs && !_links.StaysInside(path))
            {
                throw new InvalidDataException($"the link '{path}' leads outside of it, to '{target}'");
            }

            File.CreateSymbolicLink(NewFile(path), target);
        }

        if (_limits.HasTopFolder && _top is null)
        {
            throw new InvalidDataException("it is empty");
        }
    }

    // After all that is in them, and from the inside: a folder may be read-only.
    private void SetFolderModes()
    {
        if (OperatingSystem.IsWindows() || !_limits.KeepsAsIs)
        {
            return;
        }

        foreach (var (path, mode) in _folders.OrderByDescending(folder => folder.Path, StringComparer.Ordinal))
        {
            File.SetUnixFileMode(Path.Combine(_folder, path), mode & FolderPermissions);
        }
    }

    private string Relative(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (name.StartsWith('/') || parts.Length == 0 || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidDataException($"the path '{name}' leads outside of the archive");
        }

        if (!_limits.HasTopFolder)
        {
            return string.Join('/', parts);
        }

        _top ??= parts[0];
        if (_top != parts[0])
        {
            throw new InvalidDataException($"it holds '{_top}' and '{parts[0]}' at its top, expected one folder");
        }

        return string.Join('/', parts[1..]);
    }

    private static string NotTheTop(string path) =>
        path.Length > 0 ? path : throw new InvalidDataException("its top is no folder");

    private string NewFile(string path)
    {
        var full = Path.Combine(_folder, NotTheTop(path));
        MakeFolder(Path.GetDirectoryName(full) ?? _folder);
        if (Path.Exists(full))
        {
            throw new InvalidDataException($"'{path}' stands in it twice");
        }

        return full;
    }

    // As it is: what a new file gets is less, by the umask of the process.
    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    // A path may name more folders than there are entries.
    private void MakeFolder(string folder)
    {
        for (var missing = folder; missing.Length > _folder.Length && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing) ?? _folder)
        {
            Count(entries: missing == folder ? 0 : 1, bytes: 0);
        }

        Directory.CreateDirectory(folder);
    }

    // A copy takes as much room as what it was made of, though next to none in the archive.
    private void CopyLinked(string source, string path)
    {
        var file = new FileInfo(source);
        if (!file.Exists)
        {
            throw new InvalidDataException($"a link leads to '{Path.GetRelativePath(_folder, source)}', which does not stand before it");
        }

        Count(entries: 0, file.Length);
        file.CopyTo(path);
    }

    private void Count(int entries, long bytes)
    {
        _entries += entries;
        _bytes += bytes;
        if (_entries > _limits.MaxEntries)
        {
            throw new InvalidDataException($"it holds more than {_limits.MaxEntries} entries");
        }

        if (_bytes > _limits.MaxBytes)
        {
            throw new InvalidDataException($"its files are larger than {_limits.MaxBytes / (1024 * 1024)} MiB");
        }
    }

    private void Write(TarEntry entry, string path)
    {
        Count(entries: 0, entry.Length);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = _limits.KeepsAsIs ? entry.Mode & Permissions : Readable | (entry.Mode & Executable);
        }

        using (var file = new FileStream(path, options))
        {
            entry.DataStream?.CopyTo(file);
        }

        if (_limits.KeepsAsIs)
        {
            File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
            SetMode(path, entry.Mode & Permissions);
        }
    }
}
