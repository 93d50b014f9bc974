using System.Text.Json;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Kubernetes.Actions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Watch;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Actions;

/// <summary>
/// An action's container in a pod of a fake API server. It keeps these rules of the real one: the patch of <c>ephemeralcontainers</c> only
/// asks for the container, and how far that is comes with the pod's status; a log is there once the container has started.
/// </summary>
public sealed class PodActionsTests(FakeHttpServer server) : IAsyncDisposable
{
    private const string Container = "action-1a2b3c4d";

    private static readonly JsonSerializerOptions ForPeople = new() { WriteIndented = true };

    private readonly WaitableTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<V1Pod> _news = Channel.CreateUnbounded<V1Pod>();
    private readonly MemoryStream _output = new();
    private int _version = 10;
    private Task _watching = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Output => System.Text.Encoding.UTF8.GetString(_output.ToArray());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Container_is_added_to_the_pod_and_its_variables_are_in_the_Secret_until_it_has_started()
    {
        var site = Open(
            () => Tell(new V1ContainerState { Running = new V1ContainerStateRunning() }),
            () => Tell(Ended(7)));

        var result = await RunAsync(site, SomeAction.Request());

        Assert.Equal(new ContainerEnded { ExitCode = 7 }, result);
        Assert.Equal($"Image 'alpine:3' runs as container '{Container}' of pod 'act-job-x'\nprinted\n", Output);
        var patches = site.Requests.Where(request => request.Method == "PATCH").ToList();
        Assert.Equal(
            ["/api/v1/namespaces/ci/secrets/act-job-x", "/api/v1/namespaces/ci/pods/act-job-x/ephemeralcontainers", "/api/v1/namespaces/ci/secrets/act-job-x"],
            patches.Select(request => request.Path));
        Assert.Equal("""{"data":{"action-1a2b3c4d.0":"L2dpdGh1Yi9ob21l","action-1a2b3c4d.1":"czNjcjN0"}}""", patches[0].Body);
        Assert.Equal("""{"data":{"action-1a2b3c4d.0":null,"action-1a2b3c4d.1":null}}""", patches[2].Body);
        Assert.StartsWith("application/strategic-merge-patch+json", patches[1].Headers["Content-Type"], StringComparison.Ordinal);
        Golden.Check("request.json", Indented(patches[1].Body));
    }

    [Fact(Timeout = 30_000)]
    public async Task Image_that_cannot_be_pulled_is_told_after_the_grace_and_the_variables_are_gone()
    {
        var site = Open(() => Tell(Waiting("ErrImagePull", "not found")), () => { });

        var running = RunAsync(site, SomeAction.Request("registry.example/no/such:1"));
        await _time.Waits(TimeSpan.FromSeconds(30));
        Tell(Waiting("ImagePullBackOff", "Back-off pulling image"));
        _time.Advance(TimeSpan.FromSeconds(30));

        var error = await Assert.ThrowsAsync<WorkflowException>(() => running);
        Assert.StartsWith("The action's image, 'registry.example/no/such:1', could not be pulled from registry.example (", error.Message, StringComparison.Ordinal);
        Assert.Contains("tried for 30 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("null", site.Requests.Last(request => request.Path.Contains("/secrets/", StringComparison.Ordinal)).Body, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Program_that_cannot_be_started_is_told()
    {
        var site = Open(() => Tell(Ended(128, "StartError", "exec: \"/no/such\": stat /no/such: no such file or directory")), () => { });

        var error = await Assert.ThrowsAsync<WorkflowException>(() => RunAsync(site, SomeAction.Request()));

        Assert.Equal("The container cannot be started: exec: \"/no/such\": stat /no/such: no such file or directory", error.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Container_that_took_too_much_memory_is_told()
    {
        var site = Open(() => Tell(Ended(137, "OOMKilled")), () => { });

        var end = await RunAsync(site, SomeAction.Request());

        Assert.Equal(
            new ContainerEnded { ExitCode = 137, Message = "The action's container was killed, because it used more memory than the job's pod may or its node has" },
            end);
    }

    [Fact(Timeout = 30_000)]
    public async Task Right_that_is_missing_is_told_with_the_servers_words()
    {
        var site = server.Open(async http =>
        {
            if (http.Request.Path.Value!.EndsWith("/ephemeralcontainers", StringComparison.Ordinal))
            {
                await http.RefuseAsync(403, "pods \"act-job-x\" is forbidden: User \"ci\" cannot patch resource \"pods/ephemeralcontainers\"");
                return;
            }

            await AnswerAsync(http, () => { }, () => { });
        });

        var error = await Assert.ThrowsAsync<WorkflowException>(() => RunAsync(site, SomeAction.Request()));

        Assert.Equal(
            "The cluster refused the action's container: add container action-1a2b3c4d to pod act-job-x: pods \"act-job-x\" is forbidden: User \"ci\" cannot patch resource \"pods/ephemeralcontainers\" (HTTP 403)",
            error.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_pods_cannot_do_is_said_before_anything_is_asked_of_the_cluster()
    {
        var site = Open(() => { }, () => { });
        var build = SomeAction.Request() with { Source = new ContainerBuild { Context = "/github/workspace/act" } };

        var old = await Assert.ThrowsAsync<WorkflowException>(() => RunAsync(site, SomeAction.Request(), "v1.24.17"));
        var dockerfile = await Assert.ThrowsAsync<WorkflowException>(() => RunAsync(site, build));

        Assert.Equal(
            "The cluster's version is v1.24.17; container actions need Kubernetes 1.25. Use an action of another kind, or run the job on the backend docker",
            old.Message);
        Assert.Equal(
            "'/github/workspace/act/Dockerfile' has to be built, and a pod has no engine for that: publish the image and name it (image: docker://…), or run the job on the backend docker",
            dockerfile.Message);
        Assert.DoesNotContain(site.Requests, request => request.Method == "PATCH");
    }

    [Fact(Timeout = 30_000)]
    public async Task Variables_that_are_left_out_are_named_in_the_log()
    {
        var site = Open(() => Tell(Ended(0)), () => { });
        var request = SomeAction.Request();

        await RunAsync(site, request with { Environment = request.Environment.Add("INPUT_A/B", "x") });

        Assert.Contains("##[warning]The container lacks variables whose names Kubernetes does not take: 'INPUT_A/B'\n", Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Pod_that_is_gone_ends_the_request()
    {
        var site = Open(() => Tell(new V1ContainerState { Running = new V1ContainerStateRunning() }), () => _news.Writer.TryWrite(new V1Pod { Kind = "gone" }));

        var error = await Assert.ThrowsAsync<InfrastructureException>(() => RunAsync(site, SomeAction.Request()));

        Assert.Equal($"The job's pod is gone, and with it the action's container '{Container}'", error.Message);
    }

    private static V1ContainerState Waiting(string reason, string message) =>
        new() { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } };

    private static V1ContainerState Ended(int exitCode, string reason = "Completed", string? message = null) =>
        new() { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason, Message = message } };

    private static string Indented(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document, ForPeople);
    }

    private void Tell(V1ContainerState state) => _news.Writer.TryWrite(Pod() with
    {
        Spec = new V1PodSpec
        {
            Containers = [],
            EphemeralContainers = [new V1EphemeralContainer { Name = Container, Image = "registry.example/no/such:1" }],
        },
        Status = new V1PodStatus
        {
            Phase = "Running",
            EphemeralContainerStatuses = [new V1ContainerStatus { Name = Container, State = state, Image = "seen:1", ImageID = string.Empty }],
        },
    });

    private V1Pod Pod() => FakeCluster.Pod("act-job-x", $"{_version++}", "Running");

    private FakeSite Open(Action added, Action logged) => server.Open(http => AnswerAsync(http, added, logged));

    private async Task AnswerAsync(HttpContext http, Action added, Action logged)
    {
        var path = http.Request.Path.Value ?? string.Empty;
        switch (http.Request.Method)
        {
            case "GET" when path.EndsWith("/log", StringComparison.Ordinal):
                await http.Response.WriteAsync("printed\n");
                logged();
                break;
            case "GET" when http.IsWatch():
                await WatchAsync(http);
                break;
            case "GET":
                await http.ListAsync("10", Pod());
                break;
            case "PATCH" when path.EndsWith("/ephemeralcontainers", StringComparison.Ordinal):
                await http.Response.WriteAsync(k8s.KubernetesJson.Serialize(Pod()));
                added();
                break;
            default:
                await http.Response.WriteAsync("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"act-job-x"}}""");
                break;
        }
    }

    private async Task WatchAsync(HttpContext http)
    {
        await http.Response.Body.FlushAsync();
        await foreach (var pod in _news.Reader.ReadAllAsync(http.RequestAborted))
        {
            await (pod.Kind == "gone" ? http.EventAsync("DELETED", Pod()) : http.EventAsync("MODIFIED", pod));
        }
    }

    private async Task<RequestResult> RunAsync(FakeSite site, ContainerRequest request, string version = "v1.33.1")
    {
        var cluster = FakeCluster.Connect(site, _time);
        var watch = new PodWatch(cluster, "x", _time, NullLogger.Instance);
        _watching = watch.RunAsync(_stop.Token);
        await watch.SnapshotAsync(Token);
        var job = new JobId(Guid.NewGuid());
        var services = new ActionContext(cluster, watch, SomeKubernetes.Options(), ClusterFeatures.Of(version), _time, NullLogger.Instance);
        return await new PodActions(job, Pod(), services).HandleAsync(request, new RequestExchange(job, SomeAction.RequestId, 0, _output), Token);
    }
}
