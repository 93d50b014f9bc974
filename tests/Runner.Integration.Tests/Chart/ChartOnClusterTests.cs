using k8s;
using k8s.Models;
using Runner.Integration.Tests.Cluster;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Chart;

/// <summary>
/// The way of a platform team: the chart installed by helm, the agents pods with no more than the chart's rights, jobs as pods in a namespace
/// of their own, upgrades and rollbacks under running jobs, and after helm's uninstall nothing left.
/// </summary>
public sealed class ChartOnClusterTests(ClusterFixture cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 400_000)]
    public async Task Release_is_installed_upgraded_and_rolled_back_under_running_jobs_and_goes_without_leaving_anything()
    {
        var image = BuiltImage.Read();
        await using var release = await ChartRelease.PrepareAsync(cluster, Token);

        // An install, and a finished job.
        await release.ApplyAsync("install", "pools[0].maxJobs=2", Token);
        var first = await release.Emulator.WaitForRunAsync(release.Queue(1, "echo hello from a pod").Id, Token);
        var log = await release.Emulator.ReadLogAsync(first.Jobs[0].Id, Token);
        Assert.True(first.Jobs[0].Conclusion == Conclusion.Succeeded, log);
        Assert.Contains(" hello from a pod\n", log, StringComparison.Ordinal);
        var agents = await release.PodsAsync(release.Space, ChartRelease.Agents, Token);
        Assert.Equal(2, agents.Count);
        Assert.All(agents, agent => Assert.EndsWith(image.Id, agent.Status.ContainerStatuses[0].ImageID, StringComparison.Ordinal));
        Assert.All(agents, agent => Assert.Equal(0, agent.Status.ContainerStatuses[0].RestartCount));

        await cluster.PodsGoneAsync(release.JobSpace, ClusterFixture.JobObjects, Token);

        // Jobs that wait for what the test does next.
        var held = release.Queue(3, "echo begun; while [ ! -e $RUNNER_TEMP/go ]; do sleep 0.2; done; echo ended");
        await RunningAsync(release.JobSpace, 3);
        var pods = await Jobs();

        await release.ApplyAsync("upgrade", "pools[0].maxJobs=2,podAnnotations.revision=two", Token);
        Assert.Equal(pods, await Jobs());
        await release.RollBackAsync(1, Token);
        Assert.Equal(pods, await Jobs());
        Assert.Empty(agents.Select(agent => agent.Metadata.Uid).Intersect(
            (await release.PodsAsync(release.Space, ChartRelease.Agents, Token))
                .Where(agent => agent.Metadata.DeletionTimestamp is null) // some are on their way out
                .Select(agent => agent.Metadata.Uid)));

        foreach (var pod in pods)
        {
            await cluster.Connection.Client.NamespacedPodExecAsync(
                pod.Name, release.JobSpace, "job", ["touch", "/runner/temp/go"], tty: false, (_, _, _) => Task.CompletedTask, Token);
        }

        var ended = await release.Emulator.WaitForRunAsync(held.Id, Token);
        Assert.All(ended.Jobs, job => Assert.Equal((job.Name, Conclusion.Succeeded), (job.Name, job.Conclusion)));
        foreach (var job in ended.Jobs)
        {
            Assert.Single(((await release.Emulator.ReadLogAsync(job.Id, Token)) ?? string.Empty).Split('\n'), line => line.EndsWith("Z begun", StringComparison.Ordinal));
        }

        // Agents that took the jobs over clean up after them.
        await cluster.PodsGoneAsync(release.JobSpace, ClusterFixture.JobObjects, Token);
        await release.UninstallAsync(Token);
        Assert.Equal(["runner-github"], await SecretsAsync(release.Space));
        Assert.Empty(await SecretsAsync(release.JobSpace));

        async Task<IReadOnlyList<(string Name, string Uid)>> Jobs() =>
        [
            .. (await release.PodsAsync(release.JobSpace, ClusterFixture.JobObjects, Token))
                .Where(pod => pod.Status.Phase == "Running")
                .Select(pod => (pod.Metadata.Name, pod.Metadata.Uid)).Order(),
        ];
    }

    [Fact(Timeout = 240_000)]
    public async Task Agents_account_reaches_no_Secret_but_those_of_the_jobs()
    {
        await using var release = await ChartRelease.PrepareAsync(cluster, Token);
        await release.ApplyAsync("install", "replicas=1", Token);
        var account = $"system:serviceaccount:{release.Space}:ci";

        Assert.True(await MayAsync(account, "get", "secrets", release.JobSpace));
        foreach (var (verb, resource) in new[] { ("get", "secrets"), ("list", "secrets"), ("create", "pods"), ("create", "pods/exec"), ("get", "configmaps") })
        {
            Assert.False(await MayAsync(account, verb, resource, release.Space), $"{verb} {resource}");
        }
    }

    private async Task<bool> MayAsync(string user, string verb, string resource, string space)
    {
        var review = await cluster.Connection.Client.AuthorizationV1.CreateSubjectAccessReviewAsync(
            new V1SubjectAccessReview
            {
                Spec = new V1SubjectAccessReviewSpec
                {
                    User = user,
                    ResourceAttributes = new V1ResourceAttributes
                    {
                        NamespaceProperty = space,
                        Verb = verb,
                        Resource = resource.Split('/')[0],
                        Subresource = resource.Contains('/', StringComparison.Ordinal) ? resource.Split('/')[1] : null,
                    },
                },
            },
            cancellationToken: Token);
        return review.Status.Allowed;
    }

    private async Task RunningAsync(string space, int jobs)
    {
        var running = new HashSet<string>(StringComparer.Ordinal);
        var changes = cluster.Connection.Client.CoreV1.WatchListNamespacedPodAsync(space, labelSelector: ClusterFixture.JobObjects, cancellationToken: Token);
        await foreach (var (_, pod) in changes)
        {
            if (pod.Status.Phase == "Running" && running.Add(pod.Metadata.Name) && running.Count == jobs)
            {
                return;
            }
        }
    }

    private async Task<IEnumerable<string>> SecretsAsync(string space) =>
        (await cluster.Connection.Client.CoreV1.ListNamespacedSecretAsync(space, cancellationToken: Token)).Items
            .Where(secret => secret.Type == "Opaque").Select(secret => secret.Metadata.Name);
}
