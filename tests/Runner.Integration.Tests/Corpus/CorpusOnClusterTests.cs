using Runner.Agent.Configuration;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;

namespace Runner.Integration.Tests.Corpus;

/// <summary>The same workflows with a pod per job on a real cluster. All are queued at once, as a busy morning does it, and then each is looked at.</summary>
public sealed class CorpusOnClusterTests(CorpusOnCluster cluster) : IClassFixture<CorpusOnCluster>
{
    public static TheoryData<string> Cases => [.. CorpusCase.Names];

    [Theory(Timeout = 900_000), MemberData(nameof(Cases))] // whoever is looked at first may have been queued last
    public async Task Workflow_ends_as_expected_in_a_pod(string name)
    {
        var corpus = CorpusCase.Read(name);
        Assert.SkipWhen(corpus.Except.TryGetValue("kubernetes", out var reason), reason ?? string.Empty);

        var (agent, run) = await cluster.RunOfAsync(name, TestContext.Current.CancellationToken);

        await CorpusCheck.AssertAsync(agent, corpus, run, TestContext.Current.CancellationToken);
    }
}

/// <summary>An emulator that pods reach, an agent that makes them, and the runs of all cases.</summary>
public sealed class CorpusOnCluster(ClusterFixture cluster) : IAsyncDisposable
{
    private const int Slots = 4;

    private Dictionary<string, long>? _runs;
    private AgentOnHost? _agent;

    /// <summary>The run of a case; the first call starts everything and queues all. Skips where there is no cluster.</summary>
    internal async Task<(AgentOnHost Agent, long Run)> RunOfAsync(string name, CancellationToken cancellationToken)
    {
        _agent ??= await StartAsync(cancellationToken);
        _runs ??= CorpusCase.Names.Select(CorpusCase.Read)
            .Where(corpus => !corpus.Except.ContainsKey("kubernetes"))
            .ToDictionary(corpus => corpus.Name, corpus => CorpusCheck.Queue(_agent.Emulator, corpus).Id);
        return (_agent, _runs[name]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    private async Task<AgentOnHost> StartAsync(CancellationToken cancellationToken)
    {
        var later = await cluster.LaterAsync(); // for container actions
        return await AgentOn.ClusterAsync(
            cluster,
            options =>
            {
                options.Pools = [new PoolOptions { Name = "corpus", Labels = ["self-hosted", "linux"], MaxJobs = Slots }];
                (options.Kubernetes ??= new()).Kubeconfig = later.Kubeconfig;
            },
            cancellationToken);
    }
}
