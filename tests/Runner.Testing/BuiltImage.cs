using System.Formats.Tar;
using System.Text.Json;
using Xunit;

namespace Runner.Testing;

/// <summary>
/// The image that <c>docker build</c> made of the repository's Dockerfile (<c>scripts/image.sh</c>): its configuration, and its files as the
/// layers leave them.
/// </summary>
public sealed class BuiltImage
{
    private BuiltImage(string archive, string id, JsonElement configuration, IReadOnlyDictionary<string, ImageFile> files) =>
        (Archive, Id, Configuration, Files) = (archive, id, configuration, files);

    /// <summary>The name that it was built with.</summary>
    public static string Name => "local/agent:dev";

    /// <summary>Path of the archive.</summary>
    public string Archive { get; }

    /// <summary>Digest of its configuration, by which engines and nodes know an image: <c>sha256:…</c>.</summary>
    public string Id { get; }

    /// <summary>The part <c>config</c> of its configuration.</summary>
    public JsonElement Configuration { get; }

    /// <summary>Its files by path, without a leading slash; links under <c>usr</c> for <c>lib</c> and <c>bin</c> are not followed.</summary>
    public IReadOnlyDictionary<string, ImageFile> Files { get; }

    /// <summary>Reads the image. Skips the test where it was not built.</summary>
    public static BuiltImage Read()
    {
        var archive = BuiltArtifacts.Find("image.tar");
        Assert.SkipWhen(archive is null, "No image: scripts/image.sh local/agent:dev artifacts/image.tar builds it");
        var path = archive ?? string.Empty;
        using var manifest = JsonDocument.Parse(Entry(path, "manifest.json", Bytes));
        var image = manifest.RootElement[0];
        var name = image.GetProperty("Config").GetString() ?? string.Empty;
        using var configuration = JsonDocument.Parse(Entry(path, name, Bytes));
        var files = new Dictionary<string, ImageFile>(StringComparer.Ordinal);
        foreach (var layer in image.GetProperty("Layers").EnumerateArray())
        {
            foreach (var (place, file) in Entry(path, layer.GetString() ?? string.Empty, ReadLayer))
            {
                files[place] = file;
            }
        }

        return new BuiltImage(path, "sha256:" + Path.GetFileNameWithoutExtension(name), configuration.RootElement.GetProperty("config").Clone(), files);
    }

    private static T Entry<T>(string archive, string name, Func<Stream, T> read)
    {
        using var reader = new TarReader(File.OpenRead(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.Name == name && entry.DataStream is { } data)
            {
                return read(data);
            }
        }

        throw new InvalidDataException($"{archive} has no {name}");
    }

    private static byte[] Bytes(Stream stream)
    {
        var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static Dictionary<string, ImageFile> ReadLayer(Stream layer)
    {
        var files = new Dictionary<string, ImageFile>(StringComparer.Ordinal);
        using var reader = new TarReader(layer, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            var path = entry.Name.TrimStart('.').Trim('/');
            var text = entry is { Length: > 0 and < 4096, DataStream: { } data } ? new StreamReader(data).ReadToEnd() : string.Empty;
            files[path] = new ImageFile(entry.EntryType == TarEntryType.Directory, entry.Mode, entry.Uid, entry.Gid, text);
        }

        return files;
    }
}

/// <summary>A file of an image; its text where it is short.</summary>
public sealed record ImageFile(bool IsFolder, UnixFileMode Mode, int User, int Group, string Text);
