using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;

namespace Runner.Agent.Tests.Configuration;

/// <summary>Agents of several installations on one machine: who shares jobs with whom.</summary>
public sealed class InstallationTests
{
    private static readonly AgentSurroundings Surroundings = new()
    {
        Environment = ImmutableDictionary<string, string>.Empty.Add("HOME", "/home/u"),
        DefaultWorker = "/worker",
    };

    [Theory]
    [InlineData("https://github.com/one", "https://github.com/two", false)]
    [InlineData("https://github.com/one", "https://github.com/one/repo", false)]
    [InlineData("https://github.com/one", "https://ghe.example/one", false)]
    [InlineData("https://github.com/one", "https://github.com/One/", true)] // GitHub's names have no case
    public void Agents_of_one_address_share_their_jobs_on_every_backend_and_others_do_not(string one, string other, bool isShared)
    {
        Assert.Equal(isShared, Names(one).Kubernetes == Names(other).Kubernetes);
        Assert.Equal(isShared, Names(one).Docker == Names(other).Docker);
        Assert.Equal(isShared, Names(one).Host == Names(other).Host);
    }

    [Theory]
    [InlineData(BackendKind.Host)]
    [InlineData(BackendKind.Docker)]
    public void Who_takes_a_job_out_of_the_journal_finds_its_place_too(BackendKind backend)
    {
        foreach (var (one, other) in new[] { ("a", "b"), ("a", "a") })
        {
            var (first, second) = (Options("https://github.com/o", backend, one), Options("https://github.com/O/", backend, other));

            var sharesJournal = StateFolder.For(first, Surroundings.Environment) == StateFolder.For(second, Surroundings.Environment);

            Assert.Equal(InstanceOf(first), InstanceOf(second), (a, b) => (a == b) == sharesJournal);
        }
    }

    private static string InstanceOf(AgentOptions options) => options.Backend == BackendKind.Docker
        ? AgentBackends.Docker(options, Surroundings).Instance
        : AgentBackends.Host(options, Surroundings).Instance;

    private static (string? Kubernetes, string Docker, string Host) Names(string url)
    {
        var options = Options(url, BackendKind.Host, "agent");
        return (AgentBackends.Kubernetes(options).Instance, AgentBackends.Docker(options, Surroundings).Instance, AgentBackends.Host(options, Surroundings).Instance);
    }

    private static AgentOptions Options(string url, BackendKind backend, string instance) => new()
    {
        Backend = backend,
        Github = new GitHubOptions { Url = url },
        Agent = new SupervisionOptions { Instance = instance },
    };
}
