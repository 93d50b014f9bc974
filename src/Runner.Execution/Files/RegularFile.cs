using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Runner.Execution.Processes;

namespace Runner.Execution.Files;

/// <summary>
/// Opens files that steps may have put in the place of others. A pipe never ends, a device may have bytes without end, and to open either can wait for ever: only
/// what is a regular file, behind links too, is read, and no more of it than the caller can bear.
/// </summary>
internal static class RegularFile
{
    /// <summary>Opens one to be read; the handle's <see cref="RandomAccess.GetLength"/> is its length.</summary>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="IOException">It is no regular file, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileNotFoundException("A path cannot hold a NUL character", path);
        }

        // Without waiting: a pipe is opened before it is known to be one.
        var file = Libc.Open(path, Libc.ReadOnly | Libc.CloseOnExec | Libc.NoWait | Libc.NoTerminal);
        if (file < 0)
        {
            throw Problem(path, Marshal.GetLastPInvokeError());
        }

        var handle = new SafeFileHandle(file, ownsHandle: true);
        switch (FileState.Of(file).Kind)
        {
            case FileKind.Regular:
                return handle;
            case FileKind.Folder:
                handle.Dispose();
                throw new UnauthorizedAccessException($"'{path}' is a folder, expected a file");
            default:
                handle.Dispose();
                throw new IOException($"'{path}' is a device or a pipe, expected a file");
        }
    }

    /// <summary>All bytes of one.</summary>
    /// <param name="limit">Most bytes that it may have.</param>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="IOException">It is no regular file, is larger than the limit, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadBytes(string path, int limit)
    {
        using var handle = Open(path);
        var length = RandomAccess.GetLength(handle);
        if (length > limit)
        {
            throw new IOException($"'{path}' has {length} bytes, at most {limit} are read");
        }

        // Somebody may still write to it: what comes after this moment is not looked at.
        var bytes = new byte[length];
        var count = 0;
        while (count < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(count), count) is > 0 and var read)
        {
            count += read;
        }

        return count == bytes.Length ? bytes : bytes[..count];
    }

    /// <summary>The text of one: UTF-8, or what its byte order mark says.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path, int limit)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, limit)), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of one, without their ends.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static IReadOnlyList<string> ReadLines(string path, int limit)
    {
        var reader = new StringReader(ReadText(path, limit));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static Exception Problem(string path, int error)
    {
        var reason = Marshal.GetPInvokeErrorMessage(error);
        return error switch
        {
            Libc.NoSuchEntry or Libc.NotAFolder => new FileNotFoundException($"'{path}' does not exist", path),
            Libc.AccessDenied or Libc.NotPermitted => new UnauthorizedAccessException($"'{path}' cannot be read: {reason}"),
            _ => new IOException($"'{path}' cannot be read: {reason}"),
        };
    }
}
