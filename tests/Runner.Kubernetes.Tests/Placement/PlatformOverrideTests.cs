using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Tests.Placement;

public sealed class PlatformOverrideTests
{
    public static TheoryData<string, string, string[]> Overrides => new()
    {
        { "ubuntu-latest=debian:12",                                    "debian:12",                                 [] },
        { "ubuntu-latest=k8s:debian:12",                                "debian:12",                                 [] },
        { "ubuntu-latest=k8s:reg:5000/debian:12:disk=ssd",              "reg:5000/debian:12",                        ["disk=ssd"] },
        { "ubuntu-latest=k8s:debian@sha256:ab:disk=ssd,zone.io/z=eu",   "debian@sha256:ab",                          ["disk=ssd", "zone.io/z=eu"] },
    };

    [Theory, MemberData(nameof(Overrides))]
    public void Image_and_node_selector_are_told_apart(string text, string image, string[] selector)
    {
        var (label, platform) = PlatformOverride.Parse(text);

        Assert.Equal("ubuntu-latest", label);
        Assert.Equal(image, platform.Image);
        Assert.Equal(selector, platform.NodeSelector.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Theory]
    [InlineData("ubuntu-latest", "-P 'ubuntu-latest': expected label=image or label=k8s:image:key=value, such as ubuntu-latest=k8s:debian:12:disk=ssd")]
    [InlineData("a=k8s:debian:12:disk=s s", "-P 'a=k8s:debian:12:disk=s s': 'disk=s s' is no node label; expected key=value")]
    public void What_is_no_override_is_told(string text, string message)
    {
        var error = Assert.Throws<FormatException>(() => PlatformOverride.Parse(text));

        Assert.Equal(message, error.Message);
    }
}
