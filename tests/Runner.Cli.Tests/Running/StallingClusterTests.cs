using Microsoft.AspNetCore.Http;
using Runner.Cli.Running;
using Runner.Kubernetes.Options;
using Runner.Testing;
using Runner.Testing.Http;
[assembly: AssemblyFixture(typeof(FakeHttpServer))]

namespace Runner.Cli.Tests.Running;

/// <summary>A local run on an API server whose answers stall halfway: Ctrl-C ends it wherever it stands.</summary>
public sealed class StallingClusterTests(FakeHttpServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("GET", "/version")]
    [InlineData("GET", "/api/v1/namespaces/ci")]
    [InlineData("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")]
    [InlineData("POST", "/apis/coordination.k8s.io/v1/namespaces/ci/leases")]
    [InlineData("GET", "/apis/coordination.k8s.io/v1/namespaces/ci/leases")]
    [InlineData("GET", "/api/v1/namespaces/ci/pods")]
    [InlineData("GET", "/api/v1/namespaces/ci/secrets")]
    public async Task Run_that_begins_heeds_its_token_though_an_answer_stalls(string method, string path)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var site = server.Open(http =>
        {
            if (http.Request.Method != method || PathOf(http) != path)
            {
                return AnswerAsync(http);
            }

            reached.TrySetResult();
            return StallAsync(http);
        });
        using var stop = new CancellationTokenSource();

        var opening = ClusterRun.OpenAsync(new KubernetesOptions { Kubeconfig = Kubeconfig(site), Namespace = "ci", RunnerImage = "runner:1" }, kubeconfig: null, TextWriter.Null, stop.Token);
        if (await Task.WhenAny(reached.Task, opening) == opening)
        {
            await opening; // it failed before
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Token));
    }

    private static string PathOf(HttpContext http) => (http.Request.Path.Value ?? string.Empty).TrimEnd('/');

    // A cluster in which all is allowed and nothing is there yet.
    private static Task AnswerAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, PathOf(http));
        if (method == "PATCH")
        {
            http.Response.StatusCode = 404;
            return http.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","code":404,"reason":"NotFound","message":"not found"}""");
        }

        return http.Request.Query["watch"] == "true"
            ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)
            : http.Response.WriteAsync(path switch
            {
                "/version" => """{"gitVersion":"v1.33.0"}""",
                _ when path.EndsWith("reviews", StringComparison.Ordinal) => """{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":true}}""",
                _ when method == "GET" => """{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1","name":"ci"},"items":[]}""",
                _ => """{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"x"},"spec":{}}""",
            });
    }

    private static async Task StallAsync(HttpContext http)
    {
        http.Response.ContentLength = 1000;
        await http.Response.Body.WriteAsync("{\"items\""u8.ToArray(), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private string Kubeconfig(FakeSite site)
    {
        File.WriteAllText(
            _folder["kubeconfig"],
            $$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "{{site.Address.AbsoluteUri}}"} }]
            users: [{name: u, user: {token: t} }]
            contexts: [{name: x, context: {cluster: c, user: u, namespace: ci} }]
            current-context: x
            """);
        return _folder["kubeconfig"];
    }
}
