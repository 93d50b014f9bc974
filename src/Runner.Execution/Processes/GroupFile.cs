using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Runner.Execution.Processes;

/// <summary>A file in which the kernel counts something of a control group. It stays open, so that a look at it is one read of some microseconds.</summary>
internal sealed class GroupFile : IDisposable
{
    private const int MaxBytes = 8192; // of which memory.stat, the longest, needs a half

    private readonly SafeFileHandle _file;

    private GroupFile(SafeFileHandle file) => _file = file;

    /// <summary>Opens it; <c>null</c>: this kernel has no such file, or it may not be read.</summary>
    public static GroupFile? TryOpen(string path)
    {
        try
        {
            return File.Exists(path) ? new GroupFile(File.OpenHandle(path, share: FileShare.ReadWrite)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The number that is all of the file; <c>null</c>: the group is gone, or it is none.</summary>
    public long? ReadNumber() => long.TryParse(Read(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number behind a name at the beginning of a line; <c>null</c>: there is none.</summary>
    public long? ReadField(string name)
    {
        foreach (var line in Read().Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is [' ', .. var digits]
                && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private string Read()
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        try
        {
            return Encoding.ASCII.GetString(buffer[..RandomAccess.Read(_file, buffer, 0)]).TrimEnd();
        }
        catch (IOException)
        {
            return string.Empty; // the group is gone, and whatever it knew
        }
    }
}
