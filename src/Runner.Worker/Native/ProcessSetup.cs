using System.Runtime.CompilerServices;

namespace Runner.Worker.Native;

/// <summary>What must happen before the worker does anything else.</summary>
internal static class ProcessSetup
{
    private const int PrSetDumpable = 4;

    /// <summary>
    /// Keeps the worker independent of the image it runs in, and its memory to itself.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A static glibc still reads the image's <c>/etc/nsswitch.conf</c> and loads the modules named there, built for another glibc: that
    /// was seen to kill the process at its first look-up of a host name. <c>files</c> and <c>dns</c> are part of libc since 2.34, so with
    /// these alone nothing is loaded.
    /// </para>
    /// <para>
    /// The worker holds the job's secrets. A process that is not dumpable cannot be traced or have its memory read by one of the same
    /// user without <c>CAP_SYS_PTRACE</c>, which containers do not have by default. It is lost on exec, so steps are not affected.
    /// </para>
    /// </remarks>
    public static void Run()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            // Only the static native worker brings a glibc of its own; an ordinary build uses the machine's, with its modules.
            _ = Libc.ConfigureNameLookup("hosts", "files dns");
            _ = Libc.ConfigureNameLookup("passwd", "files");
            _ = Libc.ConfigureNameLookup("group", "files");
            _ = Libc.ConfigureNameLookup("services", "files");
        }

        // A kernel that refuses leaves the worker as safe as any other process: not a reason to fail a job.
        _ = Libc.ProcessControl(PrSetDumpable, 0, 0, 0, 0);
    }
}
