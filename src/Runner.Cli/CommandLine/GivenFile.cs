using System.Formats.Tar;
using System.Globalization;

namespace Runner.Cli.CommandLine;

/// <summary>Files that a user names or that lie in a checkout, and may be anything.</summary>
internal static class GivenFile
{
    /// <summary>Most bytes of a file that is read whole: what is larger is a device without an end, or not what was meant.</summary>
    public const int MaxBytes = 256 << 20;

    /// <summary>The text of a file; also of a pipe, since the user may name one.</summary>
    /// <exception cref="IOException">It cannot be read, or is larger than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">Nobody but others may read it, or it is a folder.</exception>
    public static string ReadText(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var whole = new MemoryStream();
        var part = new byte[64 << 10];
        while (file.Read(part) is > 0 and var read)
        {
            whole.Write(part, 0, read);
            if (whole.Length > MaxBytes)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"it is larger than {MaxBytes >> 20} MiB"));
            }
        }

        whole.Position = 0;
        using var reader = new StreamReader(whole);
        return reader.ReadToEnd();
    }

    /// <summary>Whether it is a file that ends: no pipe, socket or device, which would keep whoever reads it waiting. Of a link, what it leads to.</summary>
    public static bool IsRegular(string path)
    {
        try
        {
            var named = new FileInfo(path);
            return (named.LinkTarget is null ? named : named.ResolveLinkTarget(returnFinalTarget: true)) is FileInfo { Exists: true } file
                && (file.Length > 0 || IsKeptAsFile(file.FullName));
        }
        catch (IOException)
        {
            return false; // a socket, gone, or links in a circle
        }
        catch (UnauthorizedAccessException)
        {
            return true; // nothing but a file is opened
        }
    }

    // Pipes, sockets and devices are empty files for the file API; the writer of tar archives knows them.
    private static bool IsKeptAsFile(string path)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(path, "file");
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile;
    }
}
