using Runner.Integration.Tests.Agents;

namespace Runner.Integration.Tests.Corpus;

/// <summary>Every workflow of <c>tests/corpus</c> through emulator, agent and the real worker as a process of this machine.</summary>
public sealed class CorpusOnHostTests(CorpusOnHost host) : IClassFixture<CorpusOnHost>
{
    public static TheoryData<string> Cases => [.. CorpusCase.Names];

    [Theory(Timeout = 60_000), MemberData(nameof(Cases))]
    public async Task Workflow_ends_as_expected_on_the_host(string name)
    {
        var corpus = CorpusCase.Read(name);
        Assert.SkipWhen(corpus.Except.TryGetValue("host", out var reason), reason ?? string.Empty);
        var agent = await host.AgentAsync(TestContext.Current.CancellationToken);

        var run = CorpusCheck.Queue(agent.Emulator, corpus);

        await CorpusCheck.AssertAsync(agent, corpus, run.Id, TestContext.Current.CancellationToken);
    }
}

/// <summary>One emulator and one agent for all cases.</summary>
public sealed class CorpusOnHost : IAsyncDisposable
{
    private AgentOnHost? _agent;

    /// <summary>The agent; skips the test where the worker is not built.</summary>
    internal async Task<AgentOnHost> AgentAsync(CancellationToken cancellationToken)
    {
        var worker = TestWorker.Real();
        return _agent ??= await AgentOnHost.StartAsync(_ => worker, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }
}
