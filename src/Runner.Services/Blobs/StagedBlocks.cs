using System.Text;

namespace Runner.Services.Blobs;

/// <summary>Blocks of a blob that are uploaded but not yet joined: one file each, in a folder beside the blob.</summary>
internal sealed class StagedBlocks(string folder)
{
    /// <summary>Most blocks of a blob: Azure takes ten times as many; clients make blocks of 8 MiB and more.</summary>
    public const int MaxBlocks = 10_000;

    private const int MaxIdCharacters = 64; // Azure's limit, before base64

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <summary>Bytes of all of them.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _lengths.Values.Sum();
            }
        }
    }

    /// <summary>Checks a block's id.</summary>
    /// <exception cref="BlobException">It is empty or too long.</exception>
    public static void Check(string id)
    {
        if (id.Length is 0 or > (MaxIdCharacters * 4 / 3) + 4)
        {
            throw new BlobException(400, "InvalidBlockId", $"A block's id has 1 to {MaxIdCharacters} bytes, in base64.");
        }
    }

    /// <summary>Checks a list of blocks.</summary>
    /// <exception cref="BlobException">It names one twice: the blob would be longer than what was uploaded.</exception>
    public static void RefuseTwice(IReadOnlyList<string> ids)
    {
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
        {
            throw new BlobException(400, "InvalidBlockList", "The list names a block twice.");
        }
    }

    /// <summary>The refusal of a list that names what was not uploaded.</summary>
    public static BlobException Missing(string id)
    {
        Check(id);
        return new BlobException(400, "InvalidBlockList", $"The block '{id}' was not uploaded.");
    }

    /// <summary>The refusal of one block more.</summary>
    public static BlobException TooMany() => new(409, "BlockCountExceedsLimit", $"A blob has at most {MaxBlocks} blocks that are not joined.");

    /// <summary>Takes a file in as a block, and says how long the block of that id was that it replaces.</summary>
    /// <exception cref="BlobException">There are too many.</exception>
    public long Add(string id, string file, long length)
    {
        lock (_gate)
        {
            var replaced = _lengths.GetValueOrDefault(id);
            if (!_lengths.ContainsKey(id) && _lengths.Count >= MaxBlocks)
            {
                throw TooMany();
            }

            Directory.CreateDirectory(folder);
            File.Move(file, PathOf(id), overwrite: true);
            _lengths[id] = length;
            return replaced;
        }
    }

    /// <summary>The files of blocks, in their order, and how many bytes they have.</summary>
    /// <exception cref="BlobException">One of them was not uploaded, or is named twice: they would be longer than what was uploaded.</exception>
    public (IReadOnlyList<FileInfo> Files, long Length) Find(IReadOnlyList<string> ids)
    {
        lock (_gate)
        {
            RefuseTwice(ids);
            if (ids.FirstOrDefault(id => !_lengths.ContainsKey(id)) is { } missing)
            {
                throw Missing(missing);
            }

            return ([.. ids.Select(id => new FileInfo(PathOf(id)))], ids.Sum(id => _lengths[id]));
        }
    }

    /// <summary>Moves blocks that were found into a new folder, in their order; they are no blocks any more.</summary>
    public void MoveTo(IReadOnlyList<string> ids, string target)
    {
        lock (_gate)
        {
            Directory.CreateDirectory(target);
            foreach (var (i, id) in ids.Index())
            {
                File.Move(PathOf(id), Path.Combine(target, BlobContent.PartName(i)));
                _lengths.Remove(id);
            }
        }
    }

    /// <summary>Ids and lengths of all blocks.</summary>
    public IReadOnlyList<(string Id, long Length)> List()
    {
        lock (_gate)
        {
            return [.. _lengths.Select(block => (block.Key, block.Value))];
        }
    }

    /// <summary>Removes all blocks, also those that an earlier process left, and says how many bytes they had.</summary>
    public long Delete()
    {
        lock (_gate)
        {
            var length = _lengths.Values.Sum();
            _lengths.Clear();
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            return length;
        }
    }

    // As hexadecimal digits: an id is whatever bytes the client likes.
    private string PathOf(string id) => Path.Combine(folder, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)));
}
