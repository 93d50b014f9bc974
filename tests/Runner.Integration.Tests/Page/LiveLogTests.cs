using System.Net;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Page;

/// <summary>The log of a running job, from its worker to whoever watches, wherever the job runs.</summary>
public sealed class LiveLogTests(ClusterFixture cluster, DockerEngineFixture engine)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Log_of_a_process()
    {
        var worker = TestWorker.Real();
        await WatchAsync(await AgentOnHost.StartAsync(_ => worker, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Log_of_a_container() => await WatchAsync(await AgentOn.DockerAsync(engine, Token));

    [Fact(Timeout = Limit)]
    public async Task Log_of_a_pod() => await WatchAsync(await AgentOn.ClusterAsync(cluster, _ => { }, Token));

    // A job that prints once, and whose log then lasts until it is cancelled.
    private static async Task WatchAsync(AgentOnHost agent)
    {
        await using var test = agent;
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - name: Wait
                        env:
                          KEY: ${{ secrets.KEY }}
                        run: |
                          echo "the key is $KEY"
                          exec sleep 600

                """,
            Secrets = new Dictionary<string, string> { ["KEY"] = "correct-horse" },
        });
        var job = run.Jobs[0].Id;
        await test.Emulator.WaitForJobAsync(job, found => found.Steps.Any(step => step is { Name: "Wait", Status: StepStatus.InProgress }), Token);

#pragma warning disable RS0030 // a test's own client
        using var http = new HttpClient { BaseAddress = test.Agent!.Page }; // it runs
#pragma warning restore RS0030
        HttpResponseMessage? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                // GitHub knows of the step before the agent does: the cluster tells it a moment later that the worker runs.
                answer?.Dispose();
                answer = await http.GetAsync(new Uri($"api/v1/jobs/{job}/log?follow=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Token);
                return answer.StatusCode != HttpStatusCode.Conflict;
            },
            Token);
        using var log = answer!.EnsureSuccessStatusCode(); // it was asked
        using var reader = new StreamReader(await log.Content.ReadAsStreamAsync(Token));
        var lines = new List<string>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            lines.Add(line);
            if (line.EndsWith("the key is ***", StringComparison.Ordinal))
            {
                test.Emulator.CancelRun(run.Id);
            }
        }

        Assert.Contains(lines, line => line.EndsWith("the key is ***", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("correct-horse", StringComparison.Ordinal));
        Assert.Equal(Conclusion.Canceled, (await test.WaitForRunAsync(run.Id, Token)).Job("one").Conclusion);
    }
}
