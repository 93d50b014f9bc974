using System.Formats.Tar;
using System.IO.Compression;
using Runner.Jobs.Errors;

namespace Runner.Execution.Actions;

/// <summary>Unpacks the archive of an action's repository. What it holds is foreign: it is checked before it touches the disk.</summary>
/// <remarks>
/// The one folder at the top is left out. Nothing is written outside of the target: no path leads up, a link is made only after all files
/// are written, and only if it stays inside. Devices and pipes have no place in an action.
/// </remarks>
internal sealed class ActionArchive(ArchiveLimits limits)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Unpacks a file into a new folder.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, holds what an action must not, or is too large.</exception>
    public void Unpack(string file, string folder, CancellationToken cancellationToken)
    {
        using var stream = File.OpenRead(file);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        using var reader = new TarReader(unzipped);
        var unpacking = new Unpacking(folder, limits);
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
    }

    /// <summary>Fetched archives that are broken are worth another try; those of others tell what is wrong with them.</summary>
    public static WorkflowException Refusal(string key, string file, InvalidDataException error) => new(
        $"The archive of action '{key}' cannot be used: {error.Message} ({new FileInfo(file).Length} bytes)", error);

    private sealed class Unpacking
    {
        private readonly string _folder;
        private readonly ArchiveLimits _limits;
        private readonly ArchiveLinks _links = new();
        private string? _top;
        private int _entries;
        private long _bytes;

        public Unpacking(string folder, ArchiveLimits limits)
        {
            _folder = folder;
            _limits = limits;
            Directory.CreateDirectory(folder);
        }

        public void Take(TarEntry entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            {
                return; // git's note of the commit
            }

            if (++_entries > _limits.MaxEntries)
            {
                throw new InvalidDataException($"it holds more than {_limits.MaxEntries} entries");
            }

            var path = Relative(entry.Name);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(Path.Combine(_folder, path));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    Write(entry, NewFile(path));
                    break;
                case TarEntryType.SymbolicLink:
                    _links.Add(NotTheTop(path), entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    File.Copy(Path.Combine(_folder, Relative(entry.LinkName)), NewFile(path));
                    break;
                default:
                    throw new InvalidDataException($"'{entry.Name}' is a {entry.EntryType}: only files, folders and links may be in an action");
            }
        }

        // Links come last, so that no entry could have been written through one.
        public void MakeLinks()
        {
            foreach (var (path, target) in _links.Targets)
            {
                if (!_links.StaysInside(path))
                {
                    throw new InvalidDataException($"the link '{path}' leads outside of the action, to '{target}'");
                }

                File.CreateSymbolicLink(NewFile(path), target);
            }

            if (_top is null)
            {
                throw new InvalidDataException("it is empty");
            }
        }

        private string Relative(string name)
        {
            var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
            if (name.StartsWith('/') || parts.Length == 0 || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
            {
                throw new InvalidDataException($"the path '{name}' leads outside of the archive");
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
            Directory.CreateDirectory(Path.GetDirectoryName(full) ?? _folder);
            if (Path.Exists(full))
            {
                throw new InvalidDataException($"'{path}' stands in it twice");
            }

            return full;
        }

        private void Write(TarEntry entry, string path)
        {
            _bytes += entry.Length;
            if (_bytes > _limits.MaxBytes)
            {
                throw new InvalidDataException($"its files are larger than {_limits.MaxBytes / (1024 * 1024)} MiB");
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = Readable | (entry.Mode & Executable);
            }

            using var file = new FileStream(path, options);
            entry.DataStream?.CopyTo(file);
        }
    }
}

/// <summary>How large an action may be.</summary>
internal sealed record ArchiveLimits
{
    /// <summary>Most entries. Default 250,000.</summary>
    public int MaxEntries { get; init; } = 250_000;

    /// <summary>Most bytes of all files together, unpacked. Default 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L * 1024 * 1024 * 1024;
}
