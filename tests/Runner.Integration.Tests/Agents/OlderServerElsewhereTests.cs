using Runner.Agent.Configuration;
using Runner.Emulator.Options;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Agents;

/// <summary>Jobs of a server of the older protocol (V1) in containers and in pods: what is the server's is the same, what is the place's is tried here.</summary>
public sealed class OlderServerElsewhereTests(ClusterFixture cluster, DockerEngineFixture engine)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 180_000)]
    [InlineData(BackendKind.Docker)]
    [InlineData(BackendKind.Kubernetes)]
    public async Task Run_with_outputs_masks_and_a_failing_step_tells_the_truth(BackendKind backend)
    {
        await using var test = await StartAsync(backend);
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                defaults: {run: {shell: sh}}
                jobs:
                  one:
                    runs-on: [self-hosted, linux]
                    outputs: {word: '${{ steps.say.outputs.word }}'}
                    steps:
                      - {id: say, run: 'echo word=hello >>$GITHUB_OUTPUT; echo "the secret is $S"; seq 1 3000', env: {S: '${{ secrets.PASSWORD }}'}}
                  two:
                    needs: one
                    runs-on: [self-hosted, linux]
                    steps: [{run: 'test "${{ needs.one.outputs.word }} $GITHUB_WORKSPACE" = "hello /github/workspace"'}]
                  bad: {runs-on: [self-hosted, linux], steps: [{name: Fails, run: exit 3}]}
                """,
            Secrets = new Dictionary<string, string> { ["PASSWORD"] = "hunter2-secret" },
        });

        var ended = await test.WaitForRunAsync(run.Id, Token);

        Assert.Equal(
            ["bad Failed", "one Succeeded", "two Succeeded"], ended.Jobs.Select(job => $"{job.Name} {job.Conclusion}").Order(StringComparer.Ordinal));
        var log = await test.Emulator.ReadLogAsync(ended.Job("one").Id, Token) ?? string.Empty;
        Assert.Contains("the secret is ***", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-secret", log, StringComparison.Ordinal);
        Assert.Contains(" 3000\n", log, StringComparison.Ordinal);
        Assert.Contains(ended.Job("bad").Step("Fails").Annotations, note => note.Message == "Process completed with exit code 3.");
    }

    [Theory(Timeout = 180_000)]
    [InlineData(BackendKind.Docker)]
    [InlineData(BackendKind.Kubernetes)]
    public async Task Cancel_reaches_the_worker_in_its_place(BackendKind backend)
    {
        await using var test = await StartAsync(backend);
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: [self-hosted, linux]
                    steps:
                      - {name: Long, shell: sh, run: exec sleep 600}
                      - {name: Clean up, if: cancelled(), shell: sh, run: echo cleaned}
                """,
        });
        await test.Emulator.WaitForJobAsync(run.Jobs[0].Id, job => job.Steps.Any(step => step is { Name: "Long", Status: StepStatus.InProgress }), Token);

        test.Emulator.CancelRun(run.Id);
        var job = (await test.WaitForRunAsync(run.Id, Token)).Job("one");

        Assert.Equal(
            (Conclusion.Canceled, Conclusion.Canceled, Conclusion.Succeeded), (job.Conclusion, job.Step("Long").Conclusion, job.Step("Clean up").Conclusion));
    }

    private Task<AgentOnHost> StartAsync(BackendKind backend) => backend == BackendKind.Docker
        ? AgentOn.DockerAsync(engine, Token, EmulatorProtocol.V1)
        : AgentOn.ClusterAsync(cluster, options => options.Kubernetes!.DefaultImage = cluster.JobImage, Token, space: null, EmulatorProtocol.V1); // it was just set
}
