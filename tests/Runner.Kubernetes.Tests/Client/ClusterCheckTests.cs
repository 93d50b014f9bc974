using k8s;
using Microsoft.AspNetCore.Http;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Client;

public sealed class ClusterCheckTests(FakeHttpServer server)
{
    private const string NamespacePath = "/api/v1/namespaces/ci";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Cluster_where_all_is_allowed_passes_though_the_namespace_may_not_be_read()
    {
        var site = server.Open(http => http.Request.Path == NamespacePath
            ? http.RefuseAsync(403, "namespaces \"ci\" is forbidden")
            : AnswerAsync(http, _ => true));

        await ClusterCheck.RunAsync(Connection(site.Address.AbsoluteUri), Token);

        Assert.Contains(site.Requests, request => request.Body.Contains("\"subresource\":\"exec\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Namespace_that_is_missing_is_told_with_the_command_that_makes_it()
    {
        var site = server.Open(http => http.Request.Path == NamespacePath ? http.RefuseAsync(404, "not found") : AnswerAsync(http, _ => true));

        Assert.Equal(
            $"The cluster at {site.Address.AbsoluteUri} has no namespace 'ci'; make it (kubectl create namespace ci), or name another one (--namespace)",
            await ProblemAsync(site.Address.AbsoluteUri));
    }

    [Fact(Timeout = 30_000)]
    public async Task Everything_that_is_not_allowed_is_told_at_once()
    {
        var site = server.Open(http => AnswerAsync(http, body => !body.Contains("\"exec\"", StringComparison.Ordinal) && !body.Contains("\"verb\":\"patch\"", StringComparison.Ordinal)));

        Assert.Contains(
            "you may not patch pods, get pods/exec, create pods/exec, patch secrets, patch leases, which jobs need", await ProblemAsync(site.Address.AbsoluteUri), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Credentials_that_are_refused_are_told_as_such()
    {
        var site = server.Open(http => http.RefuseAsync(401, "Unauthorized"));

        Assert.Contains("does not accept the credentials of the kubeconfig", await ProblemAsync(site.Address.AbsoluteUri), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cluster_that_does_not_answer_is_told_with_its_address_and_the_cause()
    {
        // Port 1 of this machine: nobody listens there.
        var problem = await ProblemAsync("http://127.0.0.1:1/");

        Assert.Equal("The cluster at http://127.0.0.1:1/ does not answer: Connection refused. Is it up, and the right one (--kubeconfig, --context)?", problem);
    }

    private static async Task AnswerAsync(HttpContext http, Func<string, bool> isAllowed)
    {
        if (http.Request.Method != "POST")
        {
            await http.Response.WriteAsync("""{"gitVersion":"v1.20.2","major":"1","minor":"20","gitCommit":"","gitTreeState":"","buildDate":"","goVersion":"","compiler":"","platform":""}""");
            return;
        }

        using var reader = new StreamReader(http.Request.Body);
        var allowed = isAllowed(await reader.ReadToEndAsync()) ? "true" : "false";
        http.Response.StatusCode = 201;
        await http.Response.WriteAsync($$$"""{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{},"status":{"allowed":{{{allowed}}}}}""");
    }

    private static ClusterConnection Connection(string address) =>
        new(new k8s.Kubernetes(new KubernetesClientConfiguration { Host = address }), "ci", address);

    private static async Task<string> ProblemAsync(string address)
    {
        using var connection = Connection(address);
        return (await Assert.ThrowsAsync<OperatorException>(() => ClusterCheck.RunAsync(connection, Token))).Message;
    }
}
