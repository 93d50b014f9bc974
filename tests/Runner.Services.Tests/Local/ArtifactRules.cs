using System.Text.Json.Nodes;
using Runner.Services.Records;

namespace Runner.Services.Tests.Local;

/// <summary>The rules of artifacts, wherever these are kept.</summary>
public abstract class ArtifactRules
{
    internal abstract Task<LocalServer> StartAsync(ServiceLimits? limits = null);

    [Fact(Timeout = 60_000)]
    public async Task Blocks_in_any_order_are_joined_as_the_list_says_and_parts_are_served()
    {
        await using var server = await StartAsync();
        var url = await CreateAsync(server, "site");

        var puts = await Task.WhenAll(
            server.PutAsync(url + "&comp=block&blockid=QzM%3D", "ghi"),
            server.PutAsync(url + "&comp=block&blockid=QTE%3D", "abc"),
            server.PutAsync(url + "&comp=block&blockid=QjI%3D", "def"));
        var list = await server.PutAsync(
            url + "&comp=blocklist",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>QTE=</Latest><Latest>QjI=</Latest><Latest>QzM=</Latest></BlockList>");
        await FinalizeAsync(server, "site", 9);

        Assert.Equal([201, 201, 201, 201], [.. puts, list]);
        var signed = (await server.ArtifactAsync("GetSignedArtifactURL", LocalServer.Caller(), ",\"name\":\"site\""))["signed_url"]!.ToString();
        using var request = new HttpRequestMessage(HttpMethod.Get, signed) { Headers = { { "x-ms-range", "bytes=2-5" } } };
        using var part = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var whole = await server.Http.GetAsync(new Uri(signed), TestContext.Current.CancellationToken);
        Assert.Equal("206 cdef", $"{(int)part.StatusCode} {await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        Assert.Equal("abcdefghi", await whole.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(9, whole.Content.Headers.ContentLength);
        Assert.Equal("application/zip", whole.Content.Headers.ContentType!.MediaType);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_finalized_is_not_seen_and_goes_after_a_time()
    {
        await using var server = await StartAsync();
        var url = await CreateAsync(server, "site");
        await server.PutAsync(url + "&comp=block&blockid=QTE%3D", "abc");

        Assert.Empty(await NamesAsync(server));
        var early = await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), ",\"name\":\"site\"");
        server.Time.Advance(TimeSpan.FromHours(6));
        Assert.Empty(await NamesAsync(server));

        Assert.Equal("already_exists", early["code"]!.ToString());
        await server.SweepAsync();
        Assert.Equal(0, await server.CountPartsAsync());
        Assert.NotEmpty(await CreateAsync(server, "site"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_complete_artifact_cannot_be_changed_by_an_address_that_is_still_valid()
    {
        await using var server = await StartAsync();
        var url = await UploadAsync(server, "site");

        Assert.Equal(409, await server.PutAsync(url, "xyz", "BlockBlob"));
        Assert.Equal(409, await server.PutAsync(url + "&comp=block&blockid=QTE%3D", "xyz"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\\\b")]
    [InlineData("")]
    public async Task Names_that_could_lead_elsewhere_are_refused(string name)
    {
        await using var server = await StartAsync();

        var answer = await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), $",\"name\":\"{name}\"");

        Assert.Equal("invalid_argument", answer["code"]!.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_of_another_run_sees_and_touches_nothing()
    {
        await using var server = await StartAsync();
        await UploadAsync(server, "site");
        var stranger = LocalServer.Caller(run: "run-2");

        var own = await server.ArtifactAsync("ListArtifacts", stranger, string.Empty);
        var foreign = await server.ArtifactAsync("DeleteArtifact", stranger with { Job = "job-1" }, ",\"workflow_run_backend_id\":\"run-1\",\"name\":\"site\"");

        Assert.Empty(own["artifacts"]!.AsArray());
        Assert.Equal("permission_denied", foreign["code"]!.ToString());
    }

    private protected static async Task<string> CreateAsync(LocalServer server, string name) =>
        (await server.ArtifactAsync("CreateArtifact", LocalServer.Caller(), $",\"name\":\"{name}\""))["signed_upload_url"]!.ToString();

    private static Task<JsonObject> FinalizeAsync(LocalServer server, string name, int size) =>
        server.ArtifactAsync("FinalizeArtifact", LocalServer.Caller(), $",\"name\":\"{name}\",\"size\":\"{size}\"");

    private protected static async Task<string> UploadAsync(LocalServer server, string name)
    {
        var url = await CreateAsync(server, name);
        await server.PutAsync(url, "abc", "BlockBlob");
        await FinalizeAsync(server, name, 3);
        return url;
    }

    private protected static async Task<IEnumerable<string>> NamesAsync(LocalServer server) =>
        (await server.ArtifactAsync("ListArtifacts", LocalServer.Caller(), string.Empty))["artifacts"]!.AsArray()
            .Select(artifact => artifact!["name"]!.ToString());
}
