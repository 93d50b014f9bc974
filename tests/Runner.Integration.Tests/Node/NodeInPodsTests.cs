using k8s;
using k8s.Models;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Integration.Tests.Node;

/// <summary>JavaScript actions in pods whose image has no Node.js and no C library, by the real worker on a real cluster.</summary>
public sealed class NodeInPodsTests(ClusterFixture cluster)
{
    private const int Limit = 240_000;

    [Fact(Timeout = Limit)]
    public async Task Action_runs_in_an_image_without_any_C_library()
    {
        _ = BuiltExternals.Path();
        await using var agent = await StartAsync(_ => { });

        var log = await RunAsync(agent, Steps("uses: ./probe"));

        Assert.All([.. NodeProbe.Lines, "libc of the image none"], line => Assert.True(log.Contains(line), $"no '{line}' in:\n{string.Join('\n', log)}"));
    }

    [Fact(Timeout = Limit)]
    public async Task Tool_cache_keeps_one_copy_for_all_pods()
    {
        _ = BuiltExternals.Path();
        using var cache = new TempFolder(); // the dev cluster's node is this machine
        await using var agent = await StartAsync(options =>
        {
            options.Externals = "toolCache";
            options.Storage.ToolCache = new VolumeOptions { Type = "hostPath", Path = cache.FullPath };
        });

        var logs = await Task.WhenAll(RunAsync(agent, Steps("uses: ./probe")), RunAsync(agent, Steps("uses: ./probe")));

        var kept = Assert.Single(Directory.EnumerateFileSystemEntries(cache[".runner-externals"]).Select(Path.GetFileName));
        Assert.All(logs, log => Assert.Contains($"node v24 /opt/hostedtoolcache/.runner-externals/{kept}/node24/bin/node", log));
        Assert.All(logs, log => Assert.Contains("tls works", log));
    }

    [Fact(Timeout = Limit)]
    public async Task Hooks_of_a_ConfigMap_run_around_the_job_the_one_in_JavaScript_too()
    {
        _ = BuiltExternals.Path();
        _ = cluster.Connection; // the skip comes first
        var space = await cluster.NewNamespaceAsync(TestContext.Current.CancellationToken);
        var scripts = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "ci-hooks" },
            Data = new Dictionary<string, string>
            {
                ["started.sh"] = "echo started in $PWD; echo FROM_HOOK=seen >>$GITHUB_ENV\n",
                ["completed.js"] = "console.log('completed by', process.version.split('.')[0], 'of', process.env.GITHUB_REPOSITORY);\n",
            },
        };
        await cluster.Connection.Client.CoreV1.CreateNamespacedConfigMapAsync(scripts, space, cancellationToken: TestContext.Current.CancellationToken);
        await using var agent = await StartAsync(
            options => options.Hooks = new HookOptions { ConfigMap = "ci-hooks", JobStarted = "started.sh", JobCompleted = "completed.js" }, space);

        var log = await RunAsync(agent, "on: push\njobs: {one: {runs-on: self-hosted, steps: [{run: 'echo step saw $FROM_HOOK', shell: sh}]}}\n");

        Assert.Equal(
            ["started in /github/workspace", "step saw seen", "completed by v24 of acme/probe"],
            log.Where(line => line.StartsWith("started ", StringComparison.Ordinal) || line.StartsWith("step saw", StringComparison.Ordinal) || line.StartsWith("completed ", StringComparison.Ordinal)));
    }

    private Task<AgentOnHost> StartAsync(Action<KubernetesOptions> configure, string? space = null) => AgentOn.ClusterAsync(
        cluster,
        options =>
        {
            // AgentOn has set it.
            var kubernetes = options.Kubernetes!;
            kubernetes.DefaultImage = cluster.JobImage;
            configure(kubernetes);
        },
        TestContext.Current.CancellationToken,
        space);

    // A job that writes the probe into its workspace, and then does one more thing.
    private static string Steps(string step) => $"""
        on: push
        jobs:
          one:
            runs-on: self-hosted
            defaults: {"{"}run: {"{"}shell: sh{"}"}{"}"}
            steps:
              - run: |
                  mkdir probe
                  cat >probe/action.yml <<'END'
                  {NodeProbe.Manifest.TrimEnd()}
                  END
                  cat >probe/probe.js <<'END'
                  {NodeProbe.Script.ReplaceLineEndings("\n          ")}
                  END
              - {step}
        """;

    private static async Task<IReadOnlyList<string>> RunAsync(AgentOnHost agent, string workflow)
    {
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest { Workflow = workflow, Repository = "acme/probe" });
        var job = Assert.Single((await agent.WaitForRunAsync(run.Id, TestContext.Current.CancellationToken)).Jobs);
        var log = await agent.Emulator.ReadLogAsync(job.Id, TestContext.Current.CancellationToken) ?? string.Empty;
        Assert.True(job.Conclusion == Conclusion.Succeeded, $"{job.Reason}\n{log}");
        return LogLines.Texts(log);
    }
}
