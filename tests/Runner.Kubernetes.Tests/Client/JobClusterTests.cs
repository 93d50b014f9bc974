using System.Text;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Runner.Jobs.Errors;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Client;

public sealed class JobClusterTests(FakeHttpServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Pod_that_is_there_already_is_given_back()
    {
        var site = server.Open(http => http.Request.Method == "POST"
            ? http.RefuseAsync(409, "pods \"a\" already exists")
            : http.Response.WriteAsync(k8s.KubernetesJson.Serialize(FakeCluster.Pod("a", "7", "Running"))));

        var pod = await FakeCluster.Connect(site, TimeProvider.System).CreatePodAsync(FakeCluster.Pod("a", "0"), Token);

        Assert.Equal("7", pod.Metadata.ResourceVersion);
    }

    [Fact(Timeout = 30_000)]
    public async Task Conflict_that_is_not_about_the_pod_itself_is_tried_again()
    {
        var conflicts = 1;
        var site = server.Open(http => Interlocked.Decrement(ref conflicts) >= 0
            ? http.RefuseAsync(409, "Operation cannot be fulfilled on resourcequotas \"small\": the object has been modified")
            : http.Response.WriteAsync(k8s.KubernetesJson.Serialize(FakeCluster.Pod("a", "7"))));

        var pod = await FakeCluster.Connect(site, TimeProvider.System).CreatePodAsync(FakeCluster.Pod("a", "0"), Token);

        Assert.Equal("7", pod.Metadata.ResourceVersion);
        Assert.Equal(["POST", "POST"], site.Requests.Select(request => request.Method));
    }

    [Fact(Timeout = 30_000)]
    public async Task Server_that_asks_to_wait_is_given_its_time()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refusals = 1;
        var site = server.Open(async http =>
        {
            if (Interlocked.Decrement(ref refusals) >= 0)
            {
                await http.RefuseAsync(429, "too many requests", retryAfterSeconds: 7);
                return;
            }

            asked.TrySetResult();
            await http.Response.WriteAsync(k8s.KubernetesJson.Serialize(FakeCluster.Pod("a", "7")));
        });

        var creating = FakeCluster.Connect(site, time).CreatePodAsync(FakeCluster.Pod("a", "0"), Token);
        while (!creating.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal("7", (await creating).Metadata.ResourceVersion);
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(7));
        Assert.Equal(2, site.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Refusal_is_not_tried_again_and_keeps_the_servers_words()
    {
        var site = server.Open(http => http.RefuseAsync(403, "pods \"a\" is forbidden: exceeded quota: small"));

        var error = await Assert.ThrowsAsync<InfrastructureException>(
            () => FakeCluster.Connect(site, TimeProvider.System).CreatePodAsync(FakeCluster.Pod("a", "0"), Token));

        Assert.Equal("create pod a: pods \"a\" is forbidden: exceeded quota: small (HTTP 403)", error.Message);
        Assert.Equal(403, error.StatusCode);
        Assert.Single(site.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Error_about_a_Secret_does_not_hold_the_Secret()
    {
        var site = server.Open(http => http.RefuseAsync(400, "admission webhook refused"));
        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "a" }, Data = new Dictionary<string, byte[]> { ["payload.json"] = Encoding.UTF8.GetBytes("s3cr3t") } };

        var error = await Assert.ThrowsAsync<InfrastructureException>(
            () => FakeCluster.Connect(site, TimeProvider.System).CreateSecretAsync(secret, Token));

        Assert.Contains("czNjcjN0", Assert.Single(site.Requests).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("czNjcjN0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Pod_that_changed_since_it_was_read_is_not_claimed()
    {
        var site = server.Open(http => http.RefuseAsync(409, "the object has been modified"));

        var claimed = await FakeCluster.Connect(site, TimeProvider.System)
            .PatchPodAsync(FakeCluster.Pod("a", "7"), new Dictionary<string, string> { ["owner"] = "me" }, new Dictionary<string, string>(), Token);

        Assert.Null(claimed);
        Assert.Contains("\"resourceVersion\":\"7\"", Assert.Single(site.Requests).Body, StringComparison.Ordinal);
    }
}
