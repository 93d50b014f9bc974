using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Runner.Jobs.Streams;

/// <summary>
/// Reads files that a job can write to. It may have put a pipe in their place, at which a reader waits for ever, a link to somewhere else, or a
/// file without end.
/// </summary>
public static partial class ForeignFile
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>All of a file; <c>null</c>: there is none, it has more bytes than that, or it cannot be read.</summary>
    public static byte[]? TryRead(string path, int maxBytes)
    {
        try
        {
            using var file = TryOpen(path);
            if (file is null || file.Length > maxBytes)
            {
                return null;
            }

            var bytes = new byte[maxBytes];
            return bytes[..file.ReadAtLeast(bytes, maxBytes, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a folder, or a disk that fails
        }
    }

    /// <summary>Opens a file to read; <c>null</c>: there is no ordinary one, or it may not be read.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            var file = OperatingSystem.IsLinux() ? Open(path) : OpenOrdinarily(path);
            if (file is { CanSeek: false })
            {
                file.Dispose(); // a pipe, a socket
                return null;
            }

            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStream? Open(string path)
    {
        var handle = new SafeFileHandle(OpenFile(path, ReadOnly | NonBlocking | CloseOnExec | NoFollow), ownsHandle: true);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return null;
        }

        return new FileStream(handle, FileAccess.Read);
    }

    private static FileStream? OpenOrdinarily(string path) => new FileInfo(path).LinkTarget is null
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : null;

    // O_NOFOLLOW is not the same number everywhere (asm/fcntl.h).
    private static int NoFollow => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
