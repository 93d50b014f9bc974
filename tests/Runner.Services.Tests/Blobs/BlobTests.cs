using Runner.Services.Blobs;

namespace Runner.Services.Tests.Blobs;

public sealed class BlobTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_block_blob_is_put_replaced_and_read()
    {
        await using var server = await BlobServer.StartAsync();

        var first = await server.PutAsync(server.Url("a/b.txt"), "one"u8.ToArray(), ("x-ms-blob-type", "BlockBlob"));
        var second = await server.PutAsync(server.Url("a/b.txt"), "two"u8.ToArray(), ("x-ms-blob-type", "BlockBlob"));
        var guarded = await server.PutAsync(server.Url("a/b.txt"), "three"u8.ToArray(), ("x-ms-blob-type", "BlockBlob"), ("If-None-Match", "*"));

        Assert.Equal(["201", "201", "409 BlobAlreadyExists"], [first, second, guarded]);
        Assert.Equal("two", await server.ReadAsync("a/b.txt"));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_nobody_reserved_is_not_written_though_its_address_is_signed()
    {
        await using var server = await BlobServer.StartAsync();

        var put = await server.PutAsync(server.Sign("stray"), "x"u8.ToArray(), ("x-ms-blob-type", "BlockBlob"));
        var append = await server.PutAsync(server.Sign("stray"), [], ("x-ms-blob-type", "AppendBlob"));

        Assert.Equal(["404 BlobNotFound", "404 BlobNotFound"], [put, append]);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_append_blob_grows_until_it_is_sealed()
    {
        await using var server = await BlobServer.StartAsync();

        var answers = new[]
        {
            await server.CreateAsync("log"),
            await server.AppendAsync("log", "one\n"u8.ToArray()),
            await server.AppendAsync("log", "two\n"u8.ToArray()),
            await server.AppendAsync("log", [], "&comp=seal"),
            await server.AppendAsync("log", [], "&comp=seal"),
            await server.AppendAsync("log", "three\n"u8.ToArray()),
        };

        Assert.Equal(["201", "201", "201", "200", "200", "409 BlobIsSealed"], answers);
        Assert.Equal("one\ntwo\n", await server.ReadAsync("log"));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_last_block_can_seal_and_be_empty()
    {
        await using var server = await BlobServer.StartAsync();
        await server.CreateAsync("log");
        await server.AppendAsync("log", "one\n"u8.ToArray());

        var last = await server.AppendAsync("log", [], "&comp=appendblock&seal=true", ("x-ms-blob-sealed", "True"));
        var further = await server.AppendAsync("log", "two\n"u8.ToArray());

        Assert.Equal(["201", "409 BlobIsSealed"], [last, further]);
        Assert.Equal("one\n", await server.ReadAsync("log"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_block_is_appended_only_where_the_writer_thinks_the_end_is()
    {
        await using var server = await BlobServer.StartAsync();
        await server.CreateAsync("log");

        var first = await server.AppendAsync("log", "one\n"u8.ToArray(), headers: ("x-ms-blob-condition-appendpos", "0"));
        var again = await server.AppendAsync("log", "one\n"u8.ToArray(), headers: ("x-ms-blob-condition-appendpos", "0"));
        var second = await server.AppendAsync("log", "two\n"u8.ToArray(), headers: ("x-ms-blob-condition-appendpos", "4"));

        Assert.Equal(["201", "412 AppendPositionConditionNotMet", "201"], [first, again, second]);
        Assert.Equal("one\ntwo\n", await server.ReadAsync("log"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Azures_refusals()
    {
        await using var server = await BlobServer.StartAsync();
        await server.PutAsync(server.Url("block"), "x"u8.ToArray(), ("x-ms-blob-type", "BlockBlob"));
        await server.CreateAsync("log");

        Assert.Equal("400 MissingRequiredHeader", await server.PutAsync(server.Url("new"), []));
        Assert.Equal("400 InvalidHeaderValue", await server.PutAsync(server.Url("new"), [], ("x-ms-blob-type", "PageBlob")));
        Assert.Equal("400 InvalidHeaderValue", await server.PutAsync(server.Url("new"), "x"u8.ToArray(), ("x-ms-blob-type", "AppendBlob")));
        Assert.Equal("400 UnsupportedQueryParameter", await server.AppendAsync("log", [], "&comp=lease"));
        Assert.Equal("404 BlobNotFound", await server.AppendAsync("missing", "x"u8.ToArray()));
        Assert.Equal("409 InvalidBlobType", await server.AppendAsync("block", "x"u8.ToArray()));
        Assert.Equal("413 RequestBodyTooLarge", await server.AppendAsync("log", new byte[BlobStore.MaxBlockBytes + 1]));
        Assert.Equal("201", await server.AppendAsync("log", new byte[BlobStore.MaxBlockBytes]));
        Assert.Equal("400 InvalidResourceName", await server.PutAsync(server.Url("a b"), "x"u8.ToArray(), ("x-ms-blob-type", "BlockBlob")));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_opens_one_blob_for_one_purpose_for_its_time()
    {
        await using var server = await BlobServer.StartAsync();
        var write = server.Url("one");
        var put = ("x-ms-blob-type", "BlockBlob");

        var good = await server.PutAsync(write, "x"u8.ToArray(), put);
        var other = await server.PutAsync(new Uri(write.AbsoluteUri.Replace("/one?", "/two?", StringComparison.Ordinal)), "x"u8.ToArray(), put);
        var forged = await server.PutAsync(new Uri(write.AbsoluteUri.Replace("se=2026", "se=2027", StringComparison.Ordinal)), "x"u8.ToArray(), put);
        var reading = await server.PutAsync(server.Url("one", BlobAccess.Read), "x"u8.ToArray(), put);
        using var writing = await server.Http.GetAsync(write, BlobServer.Token);
        server.Time.Advance(TimeSpan.FromHours(1));
        var late = await server.PutAsync(write, "x"u8.ToArray(), put);

        Assert.Equal("201", good);
        Assert.All([other, forged, reading, late], answer => Assert.Equal("403 AuthenticationFailed", answer));
        Assert.Equal(403, (int)writing.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Writers_of_one_blob_do_not_mix_their_blocks()
    {
        await using var server = await BlobServer.StartAsync();
        await server.CreateAsync("log");
        var blocks = Enumerable.Range(0, 8).Select(number => Enumerable.Repeat((byte)('a' + number), 10_000).ToArray()).ToList();

        await Task.WhenAll(blocks.Select(block => server.AppendAsync("log", block)));

        var text = await server.ReadAsync("log");
        var pieces = text.Chunk(10_000).Select(piece => new string([.. piece.Distinct()])).Order();
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h"], pieces);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_block_that_breaks_off_leaves_nothing()
    {
        await using var server = await BlobServer.StartAsync();
        await server.CreateAsync("log");
        await server.AppendAsync("log", "one\n"u8.ToArray());
        var url = new Uri(server.Url("log") + "&comp=appendblock");

        using (var client = new System.Net.Sockets.TcpClient(url.Host, url.Port))
        {
            var head = System.Text.Encoding.ASCII.GetBytes($"PUT {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Length: 100\r\n\r\nhalf");
            await client.GetStream().WriteAsync(head, BlobServer.Token);
        }

        await server.AppendAsync("log", "two\n"u8.ToArray());
        Assert.Equal("one\ntwo\n", await server.ReadAsync("log"));
    }
}
