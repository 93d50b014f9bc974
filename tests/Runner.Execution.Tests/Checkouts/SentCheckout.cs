using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Runner.Execution.Hosting;

namespace Runner.Execution.Tests.Checkouts;

/// <summary>A launcher that has the checkout: what it sends is an archive, as <c>runner push</c> packs one.</summary>
internal sealed class SentCheckout(params TarEntry[] entries) : IWorkspaceSource
{
    public Exception? Problem { get; init; }

    /// <summary>Called instead of sending anything; the fetch ends when it is cancelled.</summary>
    public Action? Waiting { get; init; }

    public static PaxTarEntry Text(string path, string text) =>
        new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    public static PaxTarEntry Folder(string path, int mode) => new(TarEntryType.Directory, path + "/") { Mode = (UnixFileMode)mode };

    public static PaxTarEntry Link(string path, string target) => new(TarEntryType.SymbolicLink, path) { LinkName = target };

    public static void Pack(string file, TarEntry[] entries)
    {
        using var zipped = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        using var tar = new TarWriter(zipped, TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            entry.DataStream?.Seek(0, SeekOrigin.Begin); // it may be sent again
            tar.WriteEntry(entry);
        }
    }

    public async Task FetchAsync(string file, CancellationToken cancellationToken)
    {
        if (Waiting is not null)
        {
            Waiting();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (Problem is not null)
        {
            throw Problem;
        }

        Pack(file, entries);
    }
}
