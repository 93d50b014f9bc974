using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Npm;

/// <summary>GitHub's own npm packages in a JavaScript action, run by emulator, agent and the real worker.</summary>
public sealed class ToolkitTests(ClusterFixture cluster, DockerEngineFixture engine)
{
    private const int Limit = 180_000;

    [Fact(Timeout = Limit)]
    public async Task Every_package_of_the_toolkit_works_in_an_action_on_the_host()
    {
        using var toolkit = new ToolkitFolder();
        var worker = TestWorker.Real();
        await using var agent = await AgentOnHost.StartAsync(_ => worker, Token, options => options.Host.Externals = toolkit.ExternalsOfHost);

        await CheckAsync(agent, Workflow(toolkit.FullPath));
    }

    [Fact(Timeout = Limit)]
    public async Task Every_package_of_the_toolkit_works_in_an_action_in_a_container()
    {
        _ = BuiltExternals.Path();
        using var toolkit = new ToolkitFolder();
        await using var agent = await AgentOn.DockerAsync(engine, Token);

        await CheckAsync(agent, Workflow("/toolkit", $"container: {{image: 'local/debian:12', volumes: ['{toolkit.FullPath}:/toolkit']}}"));
    }

    [Fact(Timeout = Limit)]
    public async Task Every_package_of_the_toolkit_works_in_an_action_in_a_pod()
    {
        _ = BuiltExternals.Path();
        using var toolkit = new ToolkitFolder();
        await using var agent = await AgentOn.ClusterAsync(
            cluster,
            options => options.Kubernetes!.Storage.ToolCache = new VolumeOptions { Type = "hostPath", Path = toolkit.FullPath }, // the node is this machine
            Token);

        await CheckAsync(agent, Workflow("/opt/hostedtoolcache"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task CheckAsync(AgentOnHost agent, string workflow)
    {
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest { Workflow = workflow, Repository = "acme/toolkit" });
        var job = Assert.Single((await agent.WaitForRunAsync(run.Id, Token)).Jobs);

        var log = await agent.Emulator.ReadLogAsync(job.Id, Token) ?? string.Empty;
        Assert.True(job.Conclusion == Conclusion.Succeeded, $"{job.Reason}\n{log}");
        var lines = LogLines.Texts(log);
        Assert.All(
            (string[])
            [
                "who is world, flag is true, ***", "##[warning]odd, 100%", "##[group]a group", "bash is /usr/bin/bash", "exec gave 3: out of a bash",
                "glob found /files/a.txt /files/deep/b.txt", "hashed 64 letters", """http gave {"ok":true}""", "tool is true true", "artifacts mine: a",
                "cache toolkit-1: a", "outputs: one two, variable: a b, PATH: /added/by/toolkit", "post sees 1 and \"a\\nb\"",
            ],
            line => Assert.True(lines.Contains(line), $"The log lacks '{line}':\n{log}"));
    }

    private static string Workflow(string folder, string container = "") => $$$"""
        on: push
        jobs:
          one:
            runs-on: self-hosted
            {{{container}}}
            steps:
              - run: |
                  cp -r "{{{folder}}}/toolkit" .
                  ln -s "{{{folder}}}/node_modules" node_modules
              - {id: toolkit, uses: ./toolkit, with: {who: world, flag: true}}
              - run: |
                  echo outputs: $LINES_OF_TOOLKIT, variable: $FROM_TOOLKIT, PATH: ${PATH%%:*}
                env: {LINES_OF_TOOLKIT: '${{ steps.toolkit.outputs.lines }}'}
        """;
}
