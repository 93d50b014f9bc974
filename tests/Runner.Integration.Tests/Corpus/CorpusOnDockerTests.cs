using Runner.Integration.Tests.Agents;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Corpus;

/// <summary>The same workflows with a container per job of a real engine, by the real worker.</summary>
public sealed class CorpusOnDockerTests(CorpusOnDocker docker) : IClassFixture<CorpusOnDocker>
{
    public static TheoryData<string> Cases => [.. CorpusCase.Names];

    [Theory(Timeout = 300_000), MemberData(nameof(Cases))]
    public async Task Workflow_ends_as_expected_in_a_container(string name)
    {
        var corpus = CorpusCase.Read(name);
        Assert.SkipWhen(corpus.Except.TryGetValue("docker", out var reason), reason ?? string.Empty);
        var agent = await docker.AgentAsync(TestContext.Current.CancellationToken);

        var run = CorpusCheck.Queue(agent.Emulator, corpus);

        await CorpusCheck.AssertAsync(agent, corpus, run.Id, TestContext.Current.CancellationToken);
    }
}

/// <summary>An emulator that containers reach, and an agent that makes them.</summary>
public sealed class CorpusOnDocker(DockerEngineFixture engine) : IAsyncDisposable
{
    private AgentOnHost? _agent;

    /// <summary>The agent; skips the test where engine, image or worker are missing.</summary>
    internal async Task<AgentOnHost> AgentAsync(CancellationToken cancellationToken) => _agent ??= await AgentOn.DockerAsync(engine, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }
}
