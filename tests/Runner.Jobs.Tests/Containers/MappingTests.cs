using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Tests.Containers;

public sealed class MappingTests
{
    [Theory]
    [InlineData("5432", "5432:5432/tcp")]
    [InlineData("5433:5432", "5433:5432/tcp")]
    [InlineData("53:5353/UDP", "53:5353/udp")]
    [InlineData("127.0.0.1:8080:80", "8080:80/tcp")]
    [InlineData("[::1]:8080:80", "8080:80/tcp")]
    [InlineData("0:80", "80:80/tcp")]
    [InlineData("127.0.0.1::80", "80:80/tcp")]
    [InlineData("8000-8001:80-81", "8000:80/tcp 8001:81/tcp")]
    public void Ports_are_read_as_Docker_writes_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', PortMapping.Parse(text, "services.web.ports")));

    [Theory]
    [InlineData("http", "services.web.ports: 'http' cannot be read: 'http' is no port; expected [host port:]container port[/tcp|udp], such as 5433:5432")]
    [InlineData("80-82:80", "services.web.ports: '80-82:80' cannot be read: the two ranges differ in length; expected [host port:]container port[/tcp|udp], such as 5433:5432")]
    [InlineData("80/icmp", "services.web.ports: '80/icmp' cannot be read: the protocol must be tcp, udp or sctp, not 'icmp'; expected [host port:]container port[/tcp|udp], such as 5433:5432")]
    public void Port_that_is_none_is_told(string text, string message) =>
        Assert.Equal(message, Assert.Throws<WorkflowException>(() => PortMapping.Parse(text, "services.web.ports").ToList()).Message);

    [Theory]
    [InlineData("/data")]
    [InlineData("cache:/var/cache")]
    [InlineData("/srv/data:/data:ro")]
    public void Volumes_are_read_as_Docker_writes_them(string text) =>
        Assert.Equal(text, VolumeMapping.Parse(text, "container.volumes").ToString());

    [Theory]
    [InlineData("data", "container.volumes: 'data' cannot be read; expected [source:]/target[:ro], such as cache:/var/cache:ro")]
    [InlineData("a:/b:rx", "container.volumes: 'a:/b:rx' has the mode 'rx', which is not known; expected ro or rw")]
    public void Volume_that_is_none_is_told(string text, string message) =>
        Assert.Equal(message, Assert.Throws<WorkflowException>(() => VolumeMapping.Parse(text, "container.volumes")).Message);

    [Theory]
    [InlineData("postgres", "docker.io library/postgres latest")]
    [InlineData("bitnami/redis:7", "docker.io bitnami/redis 7")]
    [InlineData("ghcr.io/acme/app:1.2", "ghcr.io acme/app 1.2")]
    [InlineData("localhost:5000/app@sha256:abc", "localhost:5000 app sha256:abc")]
    [InlineData("quay.io/a/b/c:v1@sha256:abc", "quay.io a/b/c sha256:abc")]
    public void Image_names_are_taken_apart(string image, string expected)
    {
        var name = ImageName.Parse(image);

        Assert.Equal(expected, $"{name.Registry} {name.Repository} {name.Tag}");
    }
}
