using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Node;

/// <summary>JavaScript actions on this machine, by the Node.js that <c>scripts/build.sh</c> puts beside the worker.</summary>
public sealed class NodeOnHostTests
{
    [Fact(Timeout = 60_000)]
    public async Task Action_runs_by_the_Node_beside_the_worker_whatever_the_machine_has()
    {
        var worker = TestWorker.Real();
        var externals = Path.Combine(Path.GetDirectoryName(worker) ?? "/", "host-externals");
        Assert.SkipUnless(Directory.Exists(externals), $"{externals} is not there: scripts/externals.sh --host makes it");
        await using var agent = await AgentOnHost.StartAsync(_ => worker, TestContext.Current.CancellationToken);

        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - run: |
                          mkdir x
                          echo "runs: {using: node20, main: main.js}" >x/action.yml
                          echo "console.log('node is', process.execPath)" >x/main.js
                      - uses: ./x
                """,
            Repository = "acme/node",
        });
        var job = Assert.Single((await agent.WaitForRunAsync(run.Id, TestContext.Current.CancellationToken)).Jobs);

        var log = await agent.Emulator.ReadLogAsync(job.Id, TestContext.Current.CancellationToken);
        Assert.True(job.Conclusion == Conclusion.Succeeded, log);
        Assert.Contains($"node is {externals}/node24/bin/node", LogLines.Texts(log));
    }
}
