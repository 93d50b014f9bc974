using System.Collections.Concurrent;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Runner.Kubernetes.Ownership;
using Runner.Testing.Http;

namespace Runner.Kubernetes.Tests.Ownership;

public sealed class LeaseNotesTests(FakeHttpServer server)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<string, V1Lease> _leases = new(StringComparer.Ordinal);
    private string? _selector;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Note_is_made_written_anew_listed_and_removed_and_no_agents_Lease_is_touched()
    {
        var site = server.Open(ServeAsync);
        var notes = new LeaseNotes(FakeCluster.Connect(site, _time), "ours");

        await notes.KeepAsync("7-1-a", "first", Token);
        await notes.KeepAsync("7-1-a", "second", Token);
        var all = await notes.ListAsync(Token);
        await notes.RemoveAsync("7-1-a", Token);

        Assert.Equal([("7-1-a", "second")], all.Select(note => (note.Key, note.Value)));
        Assert.Empty(_leases);
        Assert.Equal("app.kubernetes.io/managed-by=runner-agent,app.kubernetes.io/instance=ours,act.nektos.com/note", _selector);
    }

    private async Task ServeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(Token);
        var name = http.Request.Path.Value!.Split('/')[^1]; // a request has a path
        switch (http.Request.Method)
        {
            case "PATCH" when _leases.TryGetValue(name, out var lease):
                foreach (var annotation in JsonDocument.Parse(body).RootElement.GetProperty("metadata").GetProperty("annotations").EnumerateObject())
                {
                    lease.Metadata.Annotations[annotation.Name] = annotation.Value.GetString();
                }

                await http.Response.WriteAsync(KubernetesJson.Serialize(lease), Token);
                break;
            case "PATCH":
                await http.RefuseAsync(404, $"leases \"{name}\" not found");
                break;
            case "POST":
                var made = KubernetesJson.Deserialize<V1Lease>(body);
                _leases[made.Metadata.Name] = made;
                await http.Response.WriteAsync(body, Token);
                break;
            case "DELETE":
                _leases.TryRemove(name, out _);
                await http.Response.WriteAsync(JsonSerializer.Serialize(new { kind = "Status", apiVersion = "v1", status = "Success" }), Token);
                break;
            default:
                _selector = http.Request.Query["labelSelector"];
                await http.Response.WriteAsync(
                    KubernetesJson.Serialize(new V1LeaseList { ApiVersion = "coordination.k8s.io/v1", Kind = "LeaseList", Items = [.. _leases.Values] }), Token);
                break;
        }
    }
}
