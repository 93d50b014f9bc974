using System.Globalization;
using k8s;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Integration.Tests.Npm;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>Caches and artifacts of jobs in the cluster, as the chart installs it: GitHub's own npm packages in pods, against <c>runner services</c> of the real image.</summary>
public sealed class ServicesOfChartTests(ClusterFixture cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 400_000)]
    public async Task Caches_and_artifacts_of_jobs_stay_in_the_cluster_and_outlive_the_server()
    {
        _ = BuiltImage.Read();
        using var toolkit = new ToolkitFolder();
        using var data = new TempFolder(); // the node is this machine
        File.SetUnixFileMode(data.FullPath, (UnixFileMode)0b111_111_111);
        await using var release = await ChartRelease.PrepareAsync(cluster, Token);
        var values = "kubernetes.defaultImage=local/debian:12,replicas=1,services.enabled=true,"
            + $"services.storage.volume.hostPath.path={data.FullPath},kubernetes.storage.toolCache.type=hostPath,kubernetes.storage.toolCache.path={toolkit.FullPath}";
        await release.ApplyAsync("install", values, Token);
        var service = await cluster.Connection.Client.CoreV1.ReadNamespacedServiceAsync("ci-services", release.Space, cancellationToken: Token);
        var url = $"http://{service.Spec.ClusterIP}:8090/"; // the dev cluster has no names
        await release.ApplyAsync("upgrade", $"{values},services.url={url}", Token);

        await RunAsync(release);
        Assert.Equal((1, 1, 0), await FiguresAsync(release)); // artifacts went to GitHub

        await release.ApplyAsync("upgrade", $"{values},services.url={url},services.artifacts=true", Token); // another process
        await RunAsync(release);
        Assert.Equal((0, 1, 1), await FiguresAsync(release)); // what was saved by the older form is found by the newer one, and not saved again
    }

    private static async Task RunAsync(ChartRelease release)
    {
        var run = release.Queue(new WorkflowRequest
        {
            Repository = ChartRelease.Repository,
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - run: |
                          cp -r /opt/hostedtoolcache/toolkit .
                          ln -s /opt/hostedtoolcache/node_modules node_modules
                      - {uses: ./toolkit, with: {who: world, flag: true}}
                      - run: echo "at $ACTIONS_CACHE_URL"
                """,
        });
        var job = Assert.Single((await release.WithinAsync(TimeSpan.FromMinutes(3), token => release.Emulator.WaitForRunAsync(run.Id, token), Token)).Jobs);

        var log = await release.Emulator.ReadLogAsync(job.Id, Token) ?? string.Empty;
        Assert.True(job.Conclusion == Conclusion.Succeeded, $"{job.Reason}\n{log}");
        var lines = LogLines.Texts(log);
        Assert.Contains("artifacts mine: a", lines);
        Assert.Contains("cache toolkit-1: a", lines);
        Assert.Matches("at http://[0-9.:]+:8090/jobs/[*]{3}/", string.Join('\n', lines));
    }

    /// <summary>Caches saved since the server's start, caches kept, artifacts kept.</summary>
    private async Task<(int Saved, int Caches, int Artifacts)> FiguresAsync(ChartRelease release)
    {
        await using var stream = await cluster.Connection.Client.CoreV1.ConnectGetNamespacedServiceProxyWithPathAsync("ci-services:metrics", release.Space, "metrics", cancellationToken: Token);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync(Token)).Split('\n');
        return (Of("runner_services_caches_total{event=\"saved\"}"), Of("runner_services_entries{service=\"caches\"}"), Of("runner_services_entries{service=\"artifacts\"}"));

        int Of(string series) => int.Parse(Assert.Single(lines, line => line.StartsWith(series + ' ', StringComparison.Ordinal))[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
