using System.Globalization;
using System.Text;
using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>
/// Names of the objects that hold the bytes of a blob. Each upload has an object of its own, whose name never comes again: who is late with a block overwrites nothing. Pure.
/// </summary>
internal static class PartName
{
    private const string Whole = "whole";

    /// <summary>A name for a blob that comes whole.</summary>
    public static string OfWhole(DateTimeOffset now) => Of(Whole, now);

    /// <summary>A name for a block.</summary>
    public static string OfBlock(string id, DateTimeOffset now) => Of(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)), now); // an id is whatever bytes the client likes

    /// <summary>Of these objects the blocks, by id; of several of one id the one whose upload began last.</summary>
    public static IReadOnlyDictionary<string, BlobPart> Blocks(IEnumerable<BlobPart> parts) => parts
        .Where(part => !part.Name.StartsWith(Whole, StringComparison.Ordinal))
        .GroupBy(part => part.Name[..part.Name.IndexOf('.', StringComparison.Ordinal)])
        .ToDictionary(
            block => Encoding.UTF8.GetString(Convert.FromHexString(block.Key)),
            block => block.MaxBy(part => part.Name, StringComparer.Ordinal)!, // a group has one at least
            StringComparer.Ordinal);

    private static string Of(string start, DateTimeOffset now) => $"{start}.{now.UtcTicks.ToString("x16", CultureInfo.InvariantCulture)}.{BlobStore.NewNonce()}";
}
