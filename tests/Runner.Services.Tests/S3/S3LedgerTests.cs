using Runner.Services.Blobs;
using Runner.Services.S3;

namespace Runner.Services.Tests.S3;

/// <summary>What counts of blobs that are being written to a bucket.</summary>
public sealed class S3LedgerTests
{
    private readonly BlobBudgets _budgets = new(100, "these", 100, "all");

    [Fact]
    public void Blob_has_as_many_blocks_as_over_a_folder()
    {
        var ledger = new S3Ledger(_budgets);
        foreach (var i in Enumerable.Range(0, StagedBlocks.MaxBlocks))
        {
            ledger.AddBlock("a/b", "group", $"block-{i}");
        }

        ledger.AddBlock("a/b", "group", "block-0"); // again
        Assert.Equal("BlockCountExceedsLimit", Assert.Throws<BlobException>(() => ledger.AddBlock("a/b", "group", "one more")).Code);
        ledger.AddBlock("a/c", "group", "of another");
        ledger.Release("a/b");
        ledger.AddBlock("a/b", "group", "one more");
    }
}
