using System.Formats.Tar;

namespace Runner.Testing.Docker;

/// <summary>The smallest system with a shell: this machine's static busybox, as the layer of an image.</summary>
internal static class BusyboxSystem
{
    /// <summary>Where it must be installed (Debian: busybox-static).</summary>
    public const string Program = "/usr/bin/busybox";

    private static readonly string[] Applets = ["sh", "cat", "sed", "httpd", "wget", "sleep", "mkdir", "id", "kill", "env", "ls", "touch", "grep", "nc"];

    /// <summary>Its files as a tar archive, read from the beginning.</summary>
    public static async Task<MemoryStream> ArchiveAsync()
    {
        var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            await using var busybox = File.OpenRead(Program);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0b111_101_101, DataStream = busybox });
            foreach (var applet in Applets)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            }
        }

        archive.Position = 0;
        return archive;
    }
}
