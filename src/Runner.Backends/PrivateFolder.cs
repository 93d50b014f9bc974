using System.Globalization;
using System.Runtime.InteropServices;
using Runner.Jobs.Errors;

namespace Runner.Backends;

/// <summary>
/// Folders that nobody but this user can write to. A name in a folder that all share, as the temporary one, may have been taken by somebody else
/// before: what lies there is then theirs, and so is what is run from it.
/// </summary>
public static partial class PrivateFolder
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int Root = 0;

    // statx(2), whose layout is the same on every machine: mask 0, uid 20, mode 28.
    private const int SizeOfStat = 256;
    private const int PlaceOfUser = 20;
    private const int PlaceOfMode = 28;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFields = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int LinkType = 0xa000;
    private const int FolderType = 0x4000;
    private const int MaxLinks = 40;
    private const int MayWrite = 2;

    /// <summary>A folder of this user's below the temporary one, there or not: its name has the user's number, as others use the same program.</summary>
    public static string InTemporary(string name) => Path.Combine(
        Path.GetTempPath(), OperatingSystem.IsWindows() ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{EffectiveUser()}"));

    /// <summary>Makes the folder with mode 700, where it is not there.</summary>
    /// <exception cref="InfrastructureException">It is there and not this user's alone.</exception>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnersOnly);
        }

        Check(path); // it may have been there, or been made by somebody a moment before
    }

    /// <summary>Looks whether a folder is this user's alone.</summary>
    /// <exception cref="InfrastructureException">It is there and is not.</exception>
    public static void Check(string path)
    {
        if (FindProblem(path) is { } problem)
        {
            throw new InfrastructureException($"The folder '{path}' cannot be trusted: {problem}");
        }
    }

    /// <summary>Why a folder is not this user's alone, in words; <c>null</c>: it is, or it is not there and nobody else could make it.</summary>
    /// <param name="path">Absolute.</param>
    public static string? FindProblem(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OperatingSystem.IsLinux() ? FindProblem(Path.GetFullPath(path), MaxLinks) : null;
    }

    /// <summary>
    /// Why a folder cannot be made, or nothing be made in it, in words; <c>null</c>: it can. It is tried in the nearest folder that is there, and nothing stays.
    /// </summary>
    /// <param name="path">Absolute.</param>
    public static string? FindObstacle(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var there = Path.GetFullPath(path);
        while (!Directory.Exists(there))
        {
            if (Path.Exists(there))
            {
                return $"'{there}' is no folder";
            }

            there = Path.GetDirectoryName(there) ?? "/";
        }

        var probe = Path.Combine(there, $".runner-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"nothing can be made in '{there}'"; // as in /proc, which says no more than that
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"nothing can be made in '{there}': {error.Message.Replace(probe, there, StringComparison.Ordinal)}";
        }
    }

    /// <summary>Whether this user may write to a folder, or could allow itself to.</summary>
    internal static bool MayBeWrittenTo(string path)
    {
        var full = Path.GetFullPath(path);
        return !OperatingSystem.IsLinux()
            || AccessFile(full, MayWrite) == 0
            || (EffectiveUser() is not Root and var user && Stat(full) is var (owner, _, _) && owner == user);
    }

    private static string? FindProblem(string path, int links)
    {
        var user = EffectiveUser();
        foreach (var part in PartsOf(path))
        {
            if (Stat(part) is not var (owner, type, mode))
            {
                return null; // not there: it is made by this user, in folders that passed
            }

            var isLast = part == path;
            if (owner != user && (isLast || owner != Root))
            {
                return string.Create(CultureInfo.InvariantCulture, $"'{part}' belongs to user {owner}, not to user {user}, who runs this");
            }

            if (type == LinkType)
            {
                return links == 0
                    ? $"'{part}' is a link in a circle"
                    : FindProblem(Path.GetFullPath(Path.Combine(TargetOf(part), Path.GetRelativePath(part, path))), links - 1);
            }

            if (type != FolderType)
            {
                return $"'{part}' is no folder";
            }

            if (isLast ? (mode & WritableByOthers) != 0 : mode.HasFlag(UnixFileMode.OtherWrite) && !mode.HasFlag(UnixFileMode.StickyBit))
            {
                return $"other users may write to '{part}' (mode {Convert.ToString((int)mode, 8)}); chmod go-w {part}, or name another folder";
            }
        }

        return null;
    }

    // "/", "/a", "/a/b" for "/a/b".
    private static IEnumerable<string> PartsOf(string path)
    {
        for (var end = 0; end >= 0; end = end + 1 >= path.Length ? -1 : path.IndexOf('/', end + 1) is var next && next < 0 ? path.Length : next)
        {
            yield return end == 0 ? "/" : path[..end];
            if (end == path.Length)
            {
                yield break;
            }
        }
    }

    private static string TargetOf(string link) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link) ?? "/", new FileInfo(link).LinkTarget ?? string.Empty));

    private static unsafe (int Owner, int Type, UnixFileMode Mode)? Stat(string path)
    {
        var buffer = stackalloc byte[SizeOfStat];
        if (StatFile(CurrentFolder, path, NoFollow, BasicFields, buffer) != 0)
        {
            return null;
        }

        var mode = *(ushort*)(buffer + PlaceOfMode);
        return (*(int*)(buffer + PlaceOfUser), mode & TypeMask, (UnixFileMode)(mode & ~TypeMask));
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial int EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AccessFile(string path, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatFile(int folder, string path, int flags, uint mask, byte* result);
}
