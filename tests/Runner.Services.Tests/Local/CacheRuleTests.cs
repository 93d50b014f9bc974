using Runner.Services.Records;

namespace Runner.Services.Tests.Local;

public sealed class CacheRuleTests : CacheRules
{
    internal override Task<LocalServer> StartAsync(ServiceLimits? limits = null) => LocalServer.StartAsync(limits);

    [Fact(Timeout = 60_000)]
    public async Task Record_that_cannot_be_read_is_laid_aside_and_the_others_are_served()
    {
        await using var server = await LocalServer.StartAsync();
        await server.SaveAsync(LocalServer.Caller(), "npm-1");
        foreach (var record in Directory.GetFiles(server.Folder, "1.json", SearchOption.AllDirectories).Select(Path.GetDirectoryName))
        {
            foreach (var (name, text) in new[] { ("7.json", "garbage"), ("8.json", string.Empty), ("9.json", "[]"), ("10.json", "null"), ("x.json", "{") })
            {
                await File.WriteAllTextAsync(Path.Combine(record!, name), text, TestContext.Current.CancellationToken); // of a file below a folder
            }
        }

        await server.StartAgainAsync();

        Assert.Equal("npm-1", await server.RestoreAsync(LocalServer.Caller(), "npm-1"));
        Assert.True(await server.SaveAsync(LocalServer.Caller(), "npm-2"));
    }
}
