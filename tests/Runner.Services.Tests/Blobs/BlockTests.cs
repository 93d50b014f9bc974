using System.IO.Pipelines;
using System.Text;
using Runner.Services.Blobs;
using Runner.Testing;

namespace Runner.Services.Tests.Blobs;

/// <summary>Blobs that are uploaded in blocks, which stay the files that they came as.</summary>
public sealed class BlockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 9, "onetwosix")]
    [InlineData(2, 2, "et")]
    [InlineData(3, 3, "two")]
    [InlineData(5, 9, "osix")]
    [InlineData(9, 1, "")]
    public async Task Blocks_are_read_as_one_from_any_place(int from, int count, string expected)
    {
        var store = await WithBlocksAsync("one", "", "two", "six");

        await using var content = store.OpenRead("a/b")!;
        content.Position = from;
        var buffer = new byte[count];
        var read = await content.ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, Token);

        Assert.Equal((9, expected), (content.Length, Encoding.ASCII.GetString(buffer, 0, read)));
    }

    [Fact]
    public async Task Next_process_finds_a_blob_of_blocks_and_throws_away_one_that_was_being_made()
    {
        await WithBlocksAsync("one", "two");
        Directory.CreateDirectory(_folder["a/c.123.part"]);

        var next = new BlobStore(_folder.FullPath, TimeProvider.System);

        Assert.False(next.Adopt("a/b", 7, null, budget: null)); // half of it may be there
        Assert.True(next.Adopt("a/b", 6, null, budget: null));
        Assert.Equal("onetwo", await ReadAsync(next));
        Assert.False(Directory.Exists(_folder["a/c.123.part"]));
        next.Delete("a/b");
        Assert.Empty(Directory.GetFileSystemEntries(_folder["a"]));
    }

    [Fact]
    public async Task Blob_that_is_written_again_is_the_newest_one_alone_whatever_form_they_have()
    {
        var store = await WithBlocksAsync("one", "two");

        await store.PutAsync("a/b", Bytes("whole"), null, onlyIfNew: false, Token);
        Assert.Equal("whole", await ReadAsync(store));
        await store.StageBlockAsync("a/b", "x", Bytes("again"), null, Token);
        await store.CommitBlocksAsync("a/b", ["x"], null, Token);
        Assert.Equal("again", await ReadAsync(store));
        await store.CreateAppendAsync("a/b", null, onlyIfNew: false, Token);
        await store.AppendAsync("a/b", "more"u8.ToArray(), 0, seal: true, Token);
        Assert.Equal("more", await ReadAsync(store));
        Assert.Single(Directory.GetFileSystemEntries(_folder["a"]));
    }

    [Fact]
    public async Task List_with_a_block_that_is_not_there_moves_none()
    {
        var store = await WithBlocksAsync();
        await store.StageBlockAsync("a/b", "x", Bytes("one"), null, Token);

        await Assert.ThrowsAsync<BlobException>(() => store.CommitBlocksAsync("a/b", ["x", "y"], null, Token));
        await Assert.ThrowsAsync<BlobException>(() => store.CommitBlocksAsync("a/b", ["x", "x"], null, Token));
        await store.CommitBlocksAsync("a/b", ["x"], null, Token);

        Assert.Equal("one", await ReadAsync(store));
    }

    [Fact(Timeout = 60_000)]
    public async Task Upload_that_goes_on_after_its_blob_was_completed_is_refused()
    {
        var store = await WithBlocksAsync();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("some"u8.ToArray(), Token);
        var upload = store.StageBlockAsync("a/b", "x", pipe.Reader.AsStream(), null, Token);
        await store.PutAsync("a/b", Bytes("whole"), null, onlyIfNew: false, Token);
        await store.FreezeAsync("a/b", 5, null, Token);

        await pipe.Writer.WriteAsync("more"u8.ToArray(), Token);
        await pipe.Writer.CompleteAsync();

        Assert.Equal("BlobIsSealed", (await Assert.ThrowsAsync<BlobException>(() => upload)).Code);
        Assert.Equal("whole", await ReadAsync(store));
        Assert.Single(Directory.GetFileSystemEntries(_folder["a"]));
    }

    [Fact]
    public async Task Blocks_count_to_the_budget_once_whether_they_become_the_blob_or_not()
    {
        var budget = new BlobBudget(100, "all");
        var store = new BlobStore(_folder.FullPath, TimeProvider.System);
        store.Reserve("a/b", budget);
        await store.StageBlockAsync("a/b", "x", Bytes("one"), null, Token);
        await store.StageBlockAsync("a/b", "y", Bytes("seven"), null, Token);
        Assert.Equal(8, budget.Used);

        await store.CommitBlocksAsync("a/b", ["y"], null, Token);
        Assert.Equal(5, budget.Used);
        store.Delete("a/b");
        Assert.Equal(0, budget.Used);
    }

    public void Dispose() => _folder.Dispose();

    private static MemoryStream Bytes(string text) => new(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadAsync(BlobStore store)
    {
        using var reader = new StreamReader(store.OpenRead("a/b")!);
        return await reader.ReadToEndAsync(Token);
    }

    private async Task<BlobStore> WithBlocksAsync(params string[] blocks)
    {
        var store = new BlobStore(_folder.FullPath, TimeProvider.System);
        store.Reserve("a/b", budget: null);
        foreach (var (i, block) in blocks.Index())
        {
            await store.StageBlockAsync("a/b", $"block-{i}", Bytes(block), null, Token);
        }

        if (blocks.Length > 0)
        {
            await store.CommitBlocksAsync("a/b", [.. blocks.Select((_, i) => $"block-{i}")], null, Token);
        }

        return store;
    }
}
