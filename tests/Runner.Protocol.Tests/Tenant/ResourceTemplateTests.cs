using Runner.Protocol.Tenant;

namespace Runner.Protocol.Tests.Tenant;

public sealed class ResourceTemplateTests
{
    private static readonly Dictionary<string, string?> Values = new()
    {
        ["area"] = "work", ["resource"] = "agents", ["poolId"] = "1", ["agentId"] = null, ["name"] = "a b/c",
    };

    public static TheoryData<string, string> Templates => new()
    {
        // template                                          path
        { "_apis/{area}/pools/{poolId}/{resource}/{agentId}", "_apis/work/pools/1/agents" },
        { "/_apis/v1/Agent/{poolId}/{agentId}",               "_apis/v1/Agent/1" },
        { "{scopeIdentifier}/_apis/{area}",                   "_apis/work" },
        { "x/{POOLID}",                                       "x/1" },
        { "x/{*name}",                                        "x/a%20b%2Fc" },
        { "x/v{poolId}.json",                                 "x/v1.json" },
        { "x/{{y}}",                                          "x/{y}" },
        { "x/{open",                                          "x/{open" },
        { "",                                                 "" },
    };

    [Theory, MemberData(nameof(Templates))]
    public void Places_are_filled_and_empty_segments_left_out(string template, string path) =>
        Assert.Equal(path, new ResourceTemplate(template).Fill(Values));
}
