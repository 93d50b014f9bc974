using System.Text;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;

namespace Runner.Jobs.Tests.Link;

public sealed class LinkKeyTests
{
    [Fact]
    public void Launchers_with_one_secret_make_one_key_for_a_launch_and_another_for_any_other()
    {
        var key = Derive("the token", "job/0");

        Assert.Equal(key, Derive("the token", "job/0"));
        Assert.NotEqual(key, Derive("the token", "job/1"));
        Assert.NotEqual(key, Derive("another token", "job/0"));
        Assert.Equal(LinkKey.Bytes, LinkKey.Decode(new Secret(key)).Length);
    }

    [Fact]
    public void Key_stays_the_same_in_later_versions() =>
        Assert.Equal("sBfouFuueFFXksFmbPKGTweyjKW8RBEX3roBrqTx4vc=", Derive("the token", "job/0"));

    private static string Derive(string shared, string launch) => LinkKey.Derive(Encoding.UTF8.GetBytes(shared), launch).Reveal();
}
