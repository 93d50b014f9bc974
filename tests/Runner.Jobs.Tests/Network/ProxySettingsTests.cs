using System.Text.Json;
using Runner.Jobs.Network;

namespace Runner.Jobs.Tests.Network;

public sealed class ProxySettingsTests
{
    private static readonly ProxySettings Both = new()
    {
        Http = new Uri("http://plain.example:3128"),
        Https = new Uri("http://user:p%40ss@secure.example:3129"),
        NoProxy = ["internal.example"],
    };

    [Theory]
    [InlineData("https://github.com/", "secure.example")]
    [InlineData("wss://feed.example/", "secure.example")]
    [InlineData("http://github.com/", "plain.example")]
    [InlineData("https://internal.example/", null)]
    [InlineData("https://localhost:1/", null)]
    [InlineData("https://127.0.0.9/", null)]
    [InlineData("https://[::1]/", null)]
    public void Address_goes_by_the_proxy_of_its_scheme_and_this_machine_by_none(string address, string? proxy) =>
        Assert.Equal(proxy, Both.For(new Uri(address))?.Host);

    [Fact]
    public void Environment_names_proxies_in_small_letters_before_large_ones_and_one_for_all_last()
    {
        var settings = ProxySettings.FromEnvironment(new Dictionary<string, string>
        {
            ["https_proxy"] = "small.example:8080", ["HTTPS_PROXY"] = "http://large.example", ["ALL_PROXY"] = "socks5://all.example:1080", ["NO_PROXY"] = "a, b",
        });

        Assert.Equal(("http://small.example:8080/", "socks5://all.example:1080/"), (settings?.Https?.ToString(), settings?.Http?.ToString()));
        Assert.Equal(["a", "b"], settings!.NoProxy); // not null: the line above
    }

    [Theory]
    [InlineData("")]
    [InlineData("ftp://proxy.example")]
    [InlineData("http://")]
    public void Environment_without_a_usable_proxy_names_none(string value) =>
        Assert.Null(ProxySettings.FromEnvironment(new Dictionary<string, string> { ["HTTPS_PROXY"] = value, ["NO_PROXY"] = "x" }));

    [Fact]
    public void Password_is_in_no_text_for_people() =>
        Assert.Equal("http=http://plain.example:3128 https=http://secure.example:3129 noProxy=internal.example", Both.ToString());

    [Fact]
    public void Settings_cross_the_payload() =>
        Assert.Equal(
            Both.Https!.OriginalString, // not null: it is above
            JsonSerializer.Deserialize<ProxySettings>(JsonSerializer.Serialize(Both))?.Https?.OriginalString);

    [Fact]
    public void Variables_are_in_small_and_in_large_letters_and_keep_this_machine_out()
    {
        var variables = NetworkVariables.Of(Both).ToDictionary();

        Assert.Equal("http://user:p%40ss@secure.example:3129", variables["https_proxy"]);
        Assert.Equal(variables["https_proxy"], variables["HTTPS_PROXY"]);
        Assert.Equal("internal.example,localhost,127.0.0.1,::1", variables["NO_PROXY"]);
        Assert.All(variables.Keys, name => Assert.Contains(name, NetworkVariables.Names));
    }

    // curl takes the small name, others the large one: what a workflow says of one must not be half of the truth.
    [Theory]
    [InlineData("HTTPS_PROXY", "https_proxy")]
    [InlineData("https_proxy", "HTTPS_PROXY")]
    public void Workflow_that_sets_one_name_of_a_proxy_has_set_both(string set, string other)
    {
        var ours = NetworkVariables.Of(Both).ToDictionary();
        var variables = new Dictionary<string, string>(ours) { [set] = string.Empty };

        NetworkVariables.Settle(variables, ours);

        Assert.Equal(string.Empty, variables[other]);
        Assert.Equal(ours["http_proxy"], variables["http_proxy"]);
    }
}
