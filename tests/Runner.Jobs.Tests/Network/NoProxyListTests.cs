using Runner.Jobs.Network;

namespace Runner.Jobs.Tests.Network;

public sealed class NoProxyListTests
{
    [Theory]
    [InlineData("github.com", "https://github.com/", true)]
    [InlineData("github.com", "https://api.github.com/", true)]
    [InlineData("github.com", "https://notgithub.com/", false)]
    [InlineData(".github.com", "https://api.github.com/", true)]
    [InlineData(".github.com", "https://github.com/", true)]
    [InlineData("*.github.com", "https://api.github.com/", true)]
    [InlineData("GitHub.COM", "https://API.github.com/", true)]
    [InlineData("github.com.", "https://github.com/", true)]
    [InlineData("github.com", "https://github.com./", true)]
    [InlineData("ghes.example:8443", "https://ghes.example:8443/", true)]
    [InlineData("ghes.example:8443", "https://ghes.example/", false)]
    [InlineData("ghes.example:443", "https://ghes.example/", true)]
    [InlineData("10.0.0.0/8", "https://10.96.0.1/", true)]
    [InlineData("10.0.0.0/8", "https://11.0.0.1/", false)]
    [InlineData("10.0.0.0/8", "https://name-in-ten.example/", false)]
    [InlineData("10.96.0.1", "https://10.96.0.1:6443/", true)]
    [InlineData("10.96.0.1:443", "https://10.96.0.1:6443/", false)]
    [InlineData("1.2.3.4", "https://5.1.2.3.4.example/", false)]
    [InlineData("fd00::/8", "https://[fd00::1]/", true)]
    [InlineData("::1", "https://[::1]:8080/", true)]
    [InlineData("[::1]:8080", "https://[::1]:8080/", true)]
    [InlineData("[::1]:8080", "https://[::1]:8081/", false)]
    [InlineData("*", "https://anything.example/", true)]
    [InlineData("a.example, b.example;c.example d.example", "https://c.example/", true)]
    [InlineData("", "https://github.com/", false)]
    [InlineData(".", "https://github.com/", false)]
    [InlineData("[::1", "https://github.com/", false)]
    [InlineData("github.com:x", "https://github.com/", false)]
    public void Entry_covers_names_below_it_networks_and_ports(string list, string address, bool isCovered) =>
        Assert.Equal(isCovered, NoProxyList.Covers(NoProxyList.Split(list), new Uri(address)));
}
