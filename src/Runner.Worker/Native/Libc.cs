using System.Runtime.InteropServices;

namespace Runner.Worker.Native;

/// <summary>What the worker itself needs of libc. In the published worker these are bound by the linker (<c>DirectPInvoke</c>).</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "__nss_configure_lookup", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ConfigureNameLookup(string database, string services);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);
}
