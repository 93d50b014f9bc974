using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Runner.Testing.Cluster;

/// <summary>Answers requests as the API server does. What nobody asks for here is not there, and says so.</summary>
internal sealed class ApiServer(
    ObjectStore store, StandInKubelet kubelet, ClusterCalls calls, WatchFaults faults, Func<CancellationToken> cut, StandInClusterOptions options, TimeProvider time)
{
    private const string Json = "application/json";
    private const string MergePatchType = "application/merge-patch+json";

    private readonly ListPages _pages = new(store);

    public async Task AnswerAsync(HttpContext http)
    {
        var began = time.GetUtcNow();
        var what = $"{http.Request.Method} {http.Request.Path}";
        try
        {
            if (options.AnswerTime > TimeSpan.Zero)
            {
                await Task.Delay(options.AnswerTime, time, http.RequestAborted);
            }

            what = await RouteAsync(http, what);
        }
        catch (ApiError error)
        {
            what = Name(http) ?? what;
            await WriteAsync(http, error.Code, Encoding.UTF8.GetBytes(error.ToStatus().ToJsonString()));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            http.Abort();
        }
        finally
        {
            calls.Add(new ClusterCall(what, http.RequestAborted.IsCancellationRequested ? 0 : http.Response.StatusCode, began));
        }
    }

    private static string[] Parts(HttpContext http) => (http.Request.Path.Value ?? string.Empty).Trim('/').Split('/');

    // api/v1/namespaces/NS/RESOURCE/NAME/PART, or apis/GROUP/v1/namespaces/…
    private static (string Group, string[] Path)? Namespaced(string[] parts) => parts switch
    {
        ["api", "v1", "namespaces", .. var rest] => (string.Empty, rest),
        ["apis", var group, "v1", "namespaces", .. var rest] => (group, rest),
        _ => null,
    };

    private static string? Name(HttpContext http) => Namespaced(Parts(http)) is (_, [_, var resource, .. var rest])
        ? Verb(http, rest) + " " + string.Join('/', rest.Skip(1).Prepend(resource))
        : null;

    private static string Verb(HttpContext http, string[] rest) => (http.Request.Method, rest.Length, http.Request.Query["watch"].ToString()) switch
    {
        ("POST", _, _) => http.Request.Query.ContainsKey("dryRun") ? "try" : "create",
        ("GET", 0, "true" or "1") => "watch",
        ("GET", 0, _) => "list",
        ("GET", _, _) => "get",
        var (method, _, _) => method.ToLowerInvariant(),
    };

    private async Task<string> RouteAsync(HttpContext http, string asked)
    {
        var parts = Parts(http);
        switch (parts)
        {
            case ["version"]:
                await WriteAsync(http, 200, Encoding.UTF8.GetBytes($$"""{"major":"1","minor":"31","gitVersion":"{{options.Version}}"}"""));
                return "get version";
            case ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"] when http.Request.Method == "POST":
                var review = await ReadAsync(http, Json);
                review["status"] = new JsonObject { ["allowed"] = true };
                await WriteAsync(http, 201, Encoding.UTF8.GetBytes(review.ToJsonString()));
                return "create selfsubjectaccessreviews";
        }

        if (Namespaced(parts) is not var (group, rest) || rest is not [var space, ..])
        {
            throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        }

        if (space != options.Namespace)
        {
            throw new ApiError(404, "NotFound", $"namespaces \"{space}\" not found");
        }

        if (rest.Length == 1)
        {
            await WriteAsync(http, 200, Encoding.UTF8.GetBytes($$$"""{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"{{{space}}}"},"status":{"phase":"Active"}}"""));
            return "get namespaces";
        }

        var kind = ResourceKind.Find(group, rest[1]) ?? throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        await CallAsync(http, kind, rest[2..]);
        return Name(http) ?? asked;
    }

    private Task CallAsync(HttpContext http, ResourceKind kind, string[] rest) => (http.Request.Method, rest) switch
    {
        ("GET", []) => Verb(http, rest) == "watch" ? WatchAsync(http, kind) : ListAsync(http, kind),
        ("POST", []) => CreateAsync(http, kind),
        ("GET", [var name]) => WriteAsync(http, 200, (store.Find(kind, name) ?? throw ApiError.NotFound(kind, name)).Whole),
        ("PATCH", [var name]) => PatchAsync(http, kind, name),
        ("DELETE", [var name]) => DeleteAsync(http, kind, name),
        ("GET", [var name, "log"]) when kind == ResourceKind.Pods => LogAsync(http, name),
        _ => throw new ApiError(405, "MethodNotAllowed", $"the stand-in does not know {http.Request.Method} {http.Request.Path}"),
    };

    private LabelSelector Selector(HttpContext http) => http.Request.Query.ContainsKey("fieldSelector")
        ? throw ApiError.BadRequest("the stand-in knows no field selectors")
        : LabelSelector.Parse(http.Request.Query["labelSelector"]);

    private Task ListAsync(HttpContext http, ResourceKind kind)
    {
        var query = http.Request.Query;
        int? limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var most) && most > 0 ? most : null;
        return WriteAsync(http, 200, _pages.Read(kind, Selector(http), limit, query["continue"] is [{ Length: > 0 } token] ? token : null));
    }

    private Task WatchAsync(HttpContext http, ResourceKind kind) =>
        new WatchResponse(store, kind, Selector(http), faults, options, time, cut()).WriteAsync(http);

    private async Task CreateAsync(HttpContext http, ResourceKind kind)
    {
        var tree = await ReadAsync(http, Json);
        MetadataRules.Begin(kind, tree, options.Namespace, time.GetUtcNow());
        if (kind == ResourceKind.Pods)
        {
            PodRules.Begin(tree);
        }

        ManagedFields.Note(tree, Manager(http), MetadataRules.At(time.GetUtcNow()), isStatus: false);
        var isTry = http.Request.Query["dryRun"] == "All";
        var made = isTry
            ? store.Find(kind, (string)tree["metadata"]!["name"]!) is { } there ? throw ApiError.AlreadyExists(kind, there.Name) : new StoredObject(kind, tree, version: 0)
            : store.Create(kind, tree);
        await WriteAsync(http, 201, made.Whole);
    }

    private async Task PatchAsync(HttpContext http, ResourceKind kind, string name)
    {
        var patch = await ReadAsync(http, MergePatchType);
        var changed = store.Update(kind, name, tree =>
        {
            var old = tree.DeepClone().AsObject();
            if ((string?)patch["metadata"]?["resourceVersion"] is { } seen && seen != (string?)old["metadata"]!["resourceVersion"])
            {
                throw ApiError.Conflict(kind, name);
            }

            MergePatch.Apply(tree, patch);
            if (kind == ResourceKind.Pods)
            {
                PodRules.CheckChange(old, tree);
            }

            MetadataRules.Check(kind, tree);
            tree["metadata"]!["resourceVersion"] = old["metadata"]!["resourceVersion"]!.DeepClone();
            if (!JsonNode.DeepEquals(old, tree))
            {
                ManagedFields.Note(tree, Manager(http), MetadataRules.At(time.GetUtcNow()), isStatus: false);
            }
        });
        await WriteAsync(http, 200, changed.Whole);
    }

    private async Task DeleteAsync(HttpContext http, ResourceKind kind, string name)
    {
        var body = http.Request.ContentLength > 0 ? await ReadAsync(http, Json) : [];
        var stored = store.Find(kind, name) ?? throw ApiError.NotFound(kind, name);
        if (body["preconditions"] is { } only
            && (((string?)only["uid"] ?? stored.Uid) != stored.Uid || ((string?)only["resourceVersion"] ?? stored.Version.ToString(CultureInfo.InvariantCulture)) != stored.Version.ToString(CultureInfo.InvariantCulture)))
        {
            throw ApiError.Conflict(kind, name);
        }

        var asked = int.TryParse(http.Request.Query["gracePeriodSeconds"], CultureInfo.InvariantCulture, out var seconds) ? seconds : (int?)body["gracePeriodSeconds"];
        var grace = kind == ResourceKind.Pods ? store.Read(stored, pod => PodRules.GraceOf(pod, asked)) : 0;
        stored = grace == 0 ? store.Remove(kind, name, stored.Uid) : store.Update(kind, name, pod => Doom(pod, grace), stored.Uid);
        var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success" };
        await WriteAsync(http, 200, kind.ShowsDeleted ? stored.Whole : Encoding.UTF8.GetBytes(status.ToJsonString()));
    }

    // Workers print nothing here; who follows learns that the container has ended.
    private async Task LogAsync(HttpContext http, string name)
    {
        var pod = store.Find(ResourceKind.Pods, name) ?? throw ApiError.NotFound(ResourceKind.Pods, name);
        if (pod.Phase == "Pending")
        {
            throw ApiError.BadRequest($"container \"{http.Request.Query["container"]}\" in pod \"{name}\" is waiting to start: PodInitializing");
        }

        http.Response.ContentType = "text/plain";
        await http.Response.Body.FlushAsync(http.RequestAborted);
        if (http.Request.Query["follow"] == "true")
        {
            await kubelet.EndOf(pod.Uid).WaitAsync(http.RequestAborted);
        }
    }

    // A later deletion may only shorten what is left.
    private void Doom(JsonObject pod, int grace)
    {
        var metadata = pod["metadata"]!.AsObject();
        if ((int?)metadata["deletionGracePeriodSeconds"] is not { } before || grace < before)
        {
            metadata["deletionTimestamp"] = MetadataRules.At(time.GetUtcNow().AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
        }
    }

    private static string Manager(HttpContext http) => http.Request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } name ? name : "unknown";

    private static async Task<JsonObject> ReadAsync(HttpContext http, string type)
    {
        var given = http.Request.ContentType?.Split(';')[0].Trim();
        if (given != type)
        {
            throw ApiError.MediaType($"the body of the request was in an unknown format - accepted media types include: {type}; it is {given}");
        }

        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) as JsonObject
                ?? throw ApiError.BadRequest("the object provided is unrecognized");
        }
        catch (JsonException error)
        {
            throw ApiError.BadRequest(error.Message);
        }
    }

    private static async Task WriteAsync(HttpContext http, int code, ReadOnlyMemory<byte> body, string type = Json)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
