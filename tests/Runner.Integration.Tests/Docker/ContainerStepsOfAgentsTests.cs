using Runner.Agent.Configuration;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Outcomes;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Docker;

/// <summary>Container steps of jobs that an agent took from the emulator, by a real engine and the real worker.</summary>
public sealed class ContainerStepsOfAgentsTests(DockerEngineFixture engine)
{
    private const string Workflow = $$$"""
        on: push
        jobs:
          one:
            runs-on: [self-hosted, linux]
            outputs: {word: '${{ steps.there.outputs.word }}'}
            steps:
              - {run: echo from-the-job >shared, shell: sh}
              - id: there
                uses: docker://{{{DockerEngineFixture.Image}}}
                with:
                  entrypoint: /bin/sh
                  args: -c 'cat shared; echo word=from-the-container >>$GITHUB_OUTPUT'
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 180_000)]
    [InlineData(BackendKind.Host)]
    [InlineData(BackendKind.Docker)]
    public async Task Container_step_runs_beside_the_job(BackendKind backend)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
        await using var agent = await StartAsync(backend, engine.Host);

        var job = await RunAsync(agent);

        Assert.True(job.Conclusion == Conclusion.Succeeded, await LogAsync(agent, job));
        Assert.Equal("from-the-container", job.Outputs["word"]);
        Assert.Contains("from-the-job", await LogAsync(agent, job), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Host_without_an_engine_says_what_can_be_done()
    {
        await using var agent = await StartAsync(BackendKind.Host, "unix:///no/such/docker.sock");

        var job = await RunAsync(agent);

        Assert.Equal(Conclusion.Failed, job.Conclusion);
        Assert.Contains(
            "##[error]A container action needs a Docker engine, and none answers at unix:///no/such/docker.sock: start one on this machine, set DOCKER_HOST, or run the job on the backend docker",
            await LogAsync(agent, job),
            StringComparison.Ordinal);
    }

    private static async Task<JobInfo> RunAsync(AgentOnHost agent)
    {
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest { Workflow = Workflow, Path = ".github/workflows/ci.yml", Repository = "acme/app" });
        return (await agent.WaitForRunAsync(run.Id, Token)).Jobs[0];
    }

    private static async Task<string> LogAsync(AgentOnHost agent, JobInfo job) => $"{await agent.Emulator.ReadLogAsync(job.Id, Token)}\n{job.Reason}";

    private async Task<AgentOnHost> StartAsync(BackendKind backend, string host)
    {
        var worker = TestWorker.Real();
        return await AgentOnHost.StartAsync(
            _ => worker,
            Token,
            options =>
            {
                options.Backend = backend;
                options.Github.AllowInsecureHttp = true;
                options.Docker = new DockerSectionOptions { Host = host, Worker = worker, DefaultImage = DockerEngineFixture.Image };
            },
            new EmulatorOptions { ShareRunnerKey = true, ListenAddress = engine.Missing is null ? await engine.GatewayAsync(Token) : "127.0.0.1" });
    }
}
