using System.Globalization;
using System.Runtime.InteropServices;

namespace Runner.Backends;

/// <summary>
/// Closes this process's memory to others of the same user: a launcher has the secrets of all its jobs in it, and on the host jobs are processes
/// of the same user.
/// </summary>
public static partial class ProcessMemory
{
    private const int SetDumpable = 4;

    /// <summary>From now on the memory is closed. To be called first of all; harmless where the system has no such thing.</summary>
    /// <remarks>
    /// <para>
    /// A process that is not dumpable cannot be traced, nor its memory or environment be read, without <c>CAP_SYS_PTRACE</c>, and it leaves no
    /// core. What it starts is not affected.
    /// </para>
    /// <para>
    /// .NET has a door of its own: by its diagnostics socket in the temporary folder anybody of the same user may have it load a library.
    /// <c>DOTNET_EnableDiagnostics=0</c> keeps it from being made, which a program cannot say of itself; so its name is removed.
    /// </para>
    /// </remarks>
    public static void Close()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A kernel that refuses leaves it as safe as any other process: no reason not to work.
        _ = ProcessControl(SetDumpable, 0, 0, 0, 0);
        foreach (var pattern in new[] { "dotnet-diagnostic-{0}-*", "clr-debug-pipe-{0}-*" })
        {
            RemoveAll(string.Format(CultureInfo.InvariantCulture, pattern, Environment.ProcessId));
        }
    }

    private static void RemoveAll(string pattern)
    {
        try
        {
            foreach (var door in Directory.EnumerateFiles(Path.GetTempPath(), pattern))
            {
                File.Delete(door);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return; // no temporary folder: then it could not make them either
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
