using Runner.Services.Records;

namespace Runner.Services.Tests.Local;

public sealed class ArtifactRuleTests : ArtifactRules
{
    internal override Task<LocalServer> StartAsync(ServiceLimits? limits = null) => LocalServer.StartAsync(limits);

    [Fact(Timeout = 60_000)]
    public async Task What_was_complete_is_there_after_a_restart_and_what_was_not_is_gone()
    {
        await using var server = await LocalServer.StartAsync();
        await UploadAsync(server, "site");
        await server.PutAsync(await CreateAsync(server, "half"), "abc", "BlockBlob");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "artifacts", "9.json.part"), "{", TestContext.Current.CancellationToken);

        await server.StartAgainAsync();

        Assert.Equal(["site"], await NamesAsync(server));
        Assert.Equal(1, await server.CountPartsAsync());
    }
}
