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

    [Fact(Timeout = 60_000)]
    public async Task Bytes_that_are_counted_while_the_blob_is_released_are_given_back_with_it()
    {
        var ledger = new S3Ledger(_budgets);
        var token = TestContext.Current.CancellationToken;

        await Task.WhenAll(
            Task.Run(() => Many(() => Take(ledger)), token),
            Task.Run(() => Many(() => Take(ledger)), token),
            Task.Run(() => Many(() => ledger.Release("a/b")), token));
        ledger.Release("a/b");

        Assert.Equal(0, _budgets.All.Used);
    }

    private static void Many(Action action)
    {
        for (var i = 0; i < 200_000; i++)
        {
            action();
        }
    }

    private static void Take(S3Ledger ledger)
    {
        try
        {
            ledger.Take("a/b", "group", 1);
        }
        catch (BlobException)
        {
            // Full until the next release.
        }
    }
}
