using System.IO.Pipelines;
using System.Text;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;
using Runner.Services.S3;

namespace Runner.Services.Tests.S3;

/// <summary>Blobs whose bytes are objects of a bucket.</summary>
public sealed class S3BlobTests(S3Server s3) : IDisposable
{
    private const string Name = "a/b";

    private readonly BlobBudgets _budgets = new(100, "these", 100, "all");
    private S3Bucket _bucket = null!; // NewBlobs sets both
    private S3Options _place = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(0, 9, "onetwosix")]
    [InlineData(2, 2, "et")]
    [InlineData(3, 3, "two")]
    [InlineData(5, 9, "osix")]
    [InlineData(9, 1, "")]
    public async Task Blocks_are_read_as_one_from_any_place(int from, int count, string expected)
    {
        var blobs = await WithBlocksAsync("one", "", "two", "six");

        await using var content = (await blobs.OpenAsync(Name, string.Empty, Token))!.Content;
        content.Position = from;
        var buffer = new byte[count];
        var read = await content.ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, Token);

        Assert.Equal((9, expected), (content.Length, Encoding.ASCII.GetString(buffer, 0, read)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Blob_that_is_written_again_is_the_newest_one_alone_and_the_older_bytes_go_when_it_is_complete()
    {
        var blobs = await WithBlocksAsync("one", "two");

        await blobs.PutAsync(Name, Bytes("whole"), 5, null, onlyIfNew: false, Token);
        Assert.Equal("whole", await ReadAsync(blobs));
        await StageAsync(blobs, "x", "again");
        await blobs.CommitBlocksAsync(Name, ["x"], null, Token);
        Assert.Equal("again", await ReadAsync(blobs));
        await blobs.FreezeAsync(Name, 5, null, Token);
        await blobs.SettleAsync(Name, Token);

        Assert.Equal("again", await ReadAsync(blobs));
        Assert.Single(await _bucket.ListAsync("data/", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Older_bytes_that_could_not_be_removed_go_at_the_next_look()
    {
        var blobs = await WithBlocksAsync("one", "two");
        await blobs.PutAsync(Name, Bytes("whole"), 5, null, onlyIfNew: false, Token);
        await blobs.FreezeAsync(Name, 5, null, Token);
        await using (await s3.FailAsync(_place, "DELETE", "data/"))
        {
            await Assert.ThrowsAsync<InfrastructureException>(() => blobs.SettleAsync(Name, Token));
        }

        await blobs.TidyAsync(new HashSet<string>(), new HashSet<string> { Name }, areAll: true, Token);

        Assert.Equal("whole", await ReadAsync(blobs));
        Assert.Single(await _bucket.ListAsync("data/", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Block_that_comes_again_is_the_later_one()
    {
        var blobs = await WithBlocksAsync();
        await StageAsync(blobs, "x", "first");
        await StageAsync(blobs, "x", "second");

        Assert.Equal([("x", 6L)], await blobs.StagedBlocksAsync(Name, Token));
        await blobs.CommitBlocksAsync(Name, ["x"], null, Token);

        Assert.Equal("second", await ReadAsync(blobs));
    }

    [Fact(Timeout = 60_000)]
    public async Task List_that_comes_again_because_its_answer_was_lost_changes_nothing()
    {
        var blobs = await WithBlocksAsync("one", "two");

        await blobs.CommitBlocksAsync(Name, ["block-0", "block-1"], null, Token);

        Assert.Equal("onetwo", await ReadAsync(blobs));
    }

    [Fact(Timeout = 60_000)]
    public async Task List_with_a_block_that_is_not_there_or_twice_changes_nothing()
    {
        var blobs = await WithBlocksAsync();
        await StageAsync(blobs, "x", "one");

        await Assert.ThrowsAsync<BlobException>(() => blobs.CommitBlocksAsync(Name, ["x", "y"], null, Token));
        await Assert.ThrowsAsync<BlobException>(() => blobs.CommitBlocksAsync(Name, ["x", "x"], null, Token));
        var many = await Assert.ThrowsAsync<BlobException>(() => blobs.CommitBlocksAsync(Name, [.. Enumerable.Range(0, 10_001).Select(i => $"{i}")], null, Token));
        Assert.Equal("BlockCountExceedsLimit", many.Code);
        await blobs.CommitBlocksAsync(Name, ["x"], null, Token);

        Assert.Equal("one", await ReadAsync(blobs));
    }

    [Fact(Timeout = 60_000)]
    public async Task Upload_that_arrives_after_another_server_completed_its_blob_is_refused_and_leaves_nothing()
    {
        var blobs = await WithBlocksAsync();
        var other = NewBlobs();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("some"u8.ToArray(), Token);
        var upload = blobs.StageBlockAsync(Name, "x", pipe.Reader.AsStream(), 8, Token);
        await other.PutAsync(Name, Bytes("whole"), 5, null, onlyIfNew: false, Token);
        await other.FreezeAsync(Name, 5, null, Token);

        await pipe.Writer.WriteAsync("more"u8.ToArray(), Token);
        await pipe.Writer.CompleteAsync();

        Assert.Equal("BlobIsSealed", (await Assert.ThrowsAsync<BlobException>(() => upload)).Code);
        Assert.Equal("whole", await ReadAsync(blobs));
        Assert.Single(await _bucket.ListAsync("data/", Token));
        Assert.Equal(5, _budgets.All.Used); // of the other one
    }

    [Theory(Timeout = 60_000)]
    [InlineData("too short", 20, "InvalidInput")]
    [InlineData("too long", 4, "InvalidInput")]
    [InlineData("of no length", null, "MissingContentLengthHeader")]
    [InlineData("beyond the budget", 1000, "RequestBodyTooLarge")]
    public async Task Upload_of_another_length_than_it_says_leaves_nothing(string text, int? length, string code)
    {
        var blobs = await WithBlocksAsync();
        var body = length == 1000 ? new string('x', 1000) : text;

        var refusal = await Assert.ThrowsAsync<BlobException>(() => blobs.StageBlockAsync(Name, "x", Bytes(body), length, Token));

        Assert.Equal(code, refusal.Code);
        Assert.Equal(0, _budgets.All.Used);
        Assert.Empty(await _bucket.ListAsync("data/", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Bytes_count_until_the_blob_is_complete_wherever()
    {
        var blobs = await WithBlocksAsync();
        await StageAsync(blobs, "x", "one");
        await StageAsync(blobs, "y", "seven");
        Assert.Equal(8, _budgets.All.Used);

        await blobs.TidyAsync(new HashSet<string> { Name }, new HashSet<string>(), areAll: true, Token);
        Assert.Equal(8, _budgets.All.Used);
        await blobs.TidyAsync(new HashSet<string>(), new HashSet<string> { Name }, areAll: true, Token); // another server completed it
        Assert.Equal(0, _budgets.All.Used);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleted_blob_leaves_nothing_and_takes_nothing()
    {
        var blobs = await WithBlocksAsync("one");
        await StageAsync(blobs, "z", "more");

        await blobs.DeleteAsync(Name, Token);

        Assert.Empty(await _bucket.ListAsync(string.Empty, Token));
        Assert.Equal(0, _budgets.All.Used);
        Assert.Equal("BlobNotFound", (await Assert.ThrowsAsync<BlobException>(() => StageAsync(blobs, "x", "one"))).Code);
        Assert.Null(await blobs.OpenAsync(Name, string.Empty, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_blocks_that_come_side_by_side_one_notes_that_bytes_arrive()
    {
        var blobs = await WithBlocksAsync();
        var pipes = Enumerable.Range(0, 2).Select(_ => new Pipe()).ToList();
        var uploads = pipes.Select((pipe, i) => blobs.StageBlockAsync(Name, $"{i}", pipe.Reader.AsStream(), 4, Token)).ToList();
        await pipes[0].Writer.WriteAsync("one!"u8.ToArray(), Token);
        await pipes[0].Writer.CompleteAsync();
        await uploads[0];
        var before = Assert.Single(await _bucket.ListAsync("heads/", Token)).Tag;

        await pipes[1].Writer.WriteAsync("two!"u8.ToArray(), Token); // of which nobody had heard as it began
        await pipes[1].Writer.CompleteAsync();
        await uploads[1];

        Assert.Equal(before, Assert.Single(await _bucket.ListAsync("heads/", Token)).Tag);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_nobodys_goes_whatever_its_head_says_and_whatever_else_does_not_go()
    {
        var blobs = NewBlobs();
        await blobs.ReserveAsync("a/stays", "group", Token);
        await blobs.ReserveAsync("a/z", "group", Token);
        await _bucket.PutAsync("heads/a/garbage.json", "garbage"u8.ToArray(), tag: null, Token);
        await using var fault = await s3.FailAsync(_place, "DELETE", "heads/a/stays");
        var none = new HashSet<string>();

        await blobs.TidyAsync(none, none, areAll: true, Token);
        await blobs.TidyAsync(none, none, areAll: false, Token); // a record could not be read
        Assert.Equal(3, (await _bucket.ListAsync("heads/", Token)).Count);
        await blobs.TidyAsync(none, none, areAll: true, Token);

        Assert.Equal("a/stays.json", Assert.Single(await _bucket.ListAsync("heads/", Token)).Key);
    }

    public void Dispose() => _bucket?.Dispose();

    private static MemoryStream Bytes(string text) => new(Encoding.ASCII.GetBytes(text));

    private static Task StageAsync(S3Blobs blobs, string id, string text) => blobs.StageBlockAsync(Name, id, Bytes(text), text.Length, Token);

    private static async Task<string> ReadAsync(S3Blobs blobs)
    {
        using var reader = new StreamReader((await blobs.OpenAsync(Name, string.Empty, Token))!.Content);
        return await reader.ReadToEndAsync(Token);
    }

    private S3Blobs NewBlobs()
    {
        _bucket ??= new S3Bucket(_place = s3.NewPlace());
        return new S3Blobs(_bucket, "a/", _budgets, TimeProvider.System);
    }

    private async Task<S3Blobs> WithBlocksAsync(params string[] blocks)
    {
        var blobs = NewBlobs();
        await blobs.ReserveAsync(Name, "group", Token);
        foreach (var (i, block) in blocks.Index())
        {
            await StageAsync(blobs, $"block-{i}", block);
        }

        if (blocks.Length > 0)
        {
            await blobs.CommitBlocksAsync(Name, [.. blocks.Select((_, i) => $"block-{i}")], null, Token);
        }

        return blobs;
    }
}
