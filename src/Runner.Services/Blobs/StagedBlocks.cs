using System.Text;

namespace Runner.Services.Blobs;

/// <summary>Blocks of a blob that are uploaded but not yet joined: one file each, in a folder beside the blob.</summary>
internal sealed class StagedBlocks(string folder)
{
    private const int MaxIdCharacters = 64; // Azure's limit, before base64

    /// <summary>Writes a block; an earlier one of the same id is replaced once all of it has arrived.</summary>
    /// <exception cref="BlobException">The id is empty or too long, or the length is not the one expected.</exception>
    public async Task StageAsync(string id, Stream content, long? length, CancellationToken cancellationToken)
    {
        var path = PathOf(id);
        var incoming = $"{path}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(folder);
        try
        {
            await using (var file = new FileStream(incoming, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                await content.CopyToAsync(file, cancellationToken);
                if (length is { } expected && file.Length != expected)
                {
                    throw new BlobException(400, "InvalidInput", $"The block has {file.Length} bytes, the request says {expected}.");
                }
            }

            File.Move(incoming, path, overwrite: true);
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>Writes blocks one after the other.</summary>
    /// <exception cref="BlobException">One of them was not uploaded.</exception>
    public async Task JoinAsync(IReadOnlyList<string> ids, Stream output, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if (!File.Exists(PathOf(id)))
            {
                throw new BlobException(400, "InvalidBlockList", $"The block '{id}' was not uploaded.");
            }

            await using var block = new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
            await block.CopyToAsync(output, cancellationToken);
        }
    }

    /// <summary>Ids and lengths of all blocks.</summary>
    public IReadOnlyList<(string Id, long Length)> List() => !Directory.Exists(folder)
        ? []
        :
        [
            .. new DirectoryInfo(folder).EnumerateFiles()
                .Where(file => file.Extension.Length == 0) // others are arriving
                .Select(file => (Encoding.UTF8.GetString(Convert.FromHexString(file.Name)), file.Length)),
        ];

    /// <summary>Removes all blocks.</summary>
    public void Delete()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // As hexadecimal digits: an id is whatever bytes the client likes.
    private string PathOf(string id) => id.Length is > 0 and <= MaxIdCharacters * 4 / 3 + 4
        ? Path.Combine(folder, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)))
        : throw new BlobException(400, "InvalidBlockId", $"A block's id has 1 to {MaxIdCharacters} bytes, in base64.");
}
