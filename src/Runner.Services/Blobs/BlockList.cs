using System.Xml;
using System.Xml.Linq;

namespace Runner.Services.Blobs;

/// <summary>Reads the body of Put Block List (learn.microsoft.com, "Put Block List").</summary>
internal static class BlockList
{
    private const int MaxBlocks = 10_000;
    private const int MaxCharacters = 8 * 1024 * 1024;

    /// <summary>The ids in order.</summary>
    /// <exception cref="BlobException">The body is not such a list, or has too many blocks.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var settings = new XmlReaderSettings
        {
            Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters,
        };
        try
        {
            using var reader = XmlReader.Create(body, settings);
            var list = await XDocument.LoadAsync(reader, LoadOptions.None, cancellationToken);
            var ids = list.Root?.Elements().Where(IsBlock).Select(element => element.Value).ToList() ?? [];
            return ids.Count <= MaxBlocks
                ? ids
                : throw new BlobException(400, "BlockListTooLong", $"A blob has at most {MaxBlocks} blocks, this one {ids.Count}.");
        }
        catch (XmlException error)
        {
            throw new BlobException(400, "InvalidXmlDocument", $"The block list cannot be read: {error.Message}");
        }
    }

    private static bool IsBlock(XElement element) => element.Name.LocalName is "Latest" or "Uncommitted" or "Committed";
}
