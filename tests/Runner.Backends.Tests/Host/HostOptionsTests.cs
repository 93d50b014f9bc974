using Runner.Backends.Host;

namespace Runner.Backends.Tests.Host;

public sealed class HostOptionsTests
{
    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var options = new HostOptions { Root = "jobs", ToolCache = "cache", WorkerPath = "/no/such/runner-worker" };

        Assert.Equal(
        [
            "host.root is 'jobs', which is not an absolute path",
            "host.toolCache is 'cache', which is not an absolute path",
            "host.worker is '/no/such/runner-worker', where no file is; build it with scripts/build.sh",
        ],
            options.Validate());
    }

    [Fact]
    public void Environment_that_passes_has_no_credentials_and_always_a_search_path()
    {
        var launcher = new Dictionary<string, string> { ["AWS_SECRET_ACCESS_KEY"] = "x", ["HOME"] = "/root", ["https_proxy"] = "http://proxy:3128" };

        var clean = HostEnvironment.Clean(launcher, []);

        Assert.Equal(["HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "https_proxy=http://proxy:3128"],
            clean.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal));
    }
}
