using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Templates;

/// <summary>Lays what is made for a job over the operator's template of pods, as Kubernetes merges manifests strategically. Pure.</summary>
/// <remarks>
/// Objects are merged key by key. Lists whose elements have a merge key in the API's types (<c>patchMergeKey</c> of <c>k8s.io/api/core/v1</c>) are merged by
/// it, the template's own elements first: a sidecar starts before the set-up, and the job's container stays the last. Tolerations and preferences are
/// added to each other, as both may be met; every other list is the one that is made for the job, where there is one.
/// </remarks>
internal static class PodTemplates
{
    private const string Name = "name";

    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = Name,
        ["initContainers"] = Name,
        ["volumes"] = Name,
        ["env"] = Name,
        ["imagePullSecrets"] = Name,
        ["resourceClaims"] = Name,
        ["claims"] = Name,
        ["schedulingGates"] = Name,
        ["volumeMounts"] = "mountPath",
        ["volumeDevices"] = "devicePath",
        ["ports"] = "containerPort",
        ["hostAliases"] = "ip",
        ["topologySpreadConstraints"] = "topologyKey",
    };

    private static readonly HashSet<string> Added = ["tolerations", "preferredDuringSchedulingIgnoredDuringExecution"];

    /// <summary>The template that counts: a platform's over that of all pods; <c>null</c>: there is neither.</summary>
    public static V1PodTemplateSpec? Of(V1PodTemplateSpec? all, V1PodTemplateSpec? platform) => all is null || platform is null
        ? platform ?? all
        : KubernetesJson.Deserialize<V1PodTemplateSpec>(Merge(Json(all), Json(platform)).ToJsonString());

    /// <summary>The pod of a job over a template.</summary>
    public static V1Pod Under(V1PodTemplateSpec template, V1Pod pod)
    {
        var (under, over) = (Json(template), Json(pod));
        if (under["spec"] is JsonObject spec)
        {
            Fit(spec, "containers", pod.Spec.Containers);
            Fit(spec, "initContainers", pod.Spec.InitContainers);
        }

        return KubernetesJson.Deserialize<V1Pod>(Merge(under, over).ToJsonString());
    }

    /// <summary>Whether a template means a container of ours by this name, and none of its own.</summary>
    public static bool IsOurs(string container) => container is ContainerNames.Job or ContainerNames.Setup || ContainerNames.IsService(container);

    // What is said of containers that a job has not is left out, and what is said of all services, said of each.
    private static void Fit(JsonObject spec, string list, IEnumerable<V1Container>? made)
    {
        if (spec[list] is not JsonArray written)
        {
            return;
        }

        var names = (made ?? []).Select(container => container.Name).ToHashSet(StringComparer.Ordinal);
        var all = written.OfType<JsonObject>().ToList();
        var any = all.Find(container => NameOf(container) == ContainerNames.AnyService);
        var kept = all.Where(container => !IsOurs(NameOf(container)) || names.Contains(NameOf(container))).Select(container => (JsonObject)container.DeepClone()).ToList();
        foreach (var service in any is null ? [] : names.Where(ContainerNames.IsService))
        {
            var own = kept.Find(container => NameOf(container) == service);
            kept.Remove(own ?? []);
            kept.Add(Merge(any!, own ?? new JsonObject { [Name] = service })); // not null: there would be no services
        }

        spec[list] = new JsonArray([.. kept]);
    }

    private static string NameOf(JsonObject container) => container[Name]?.GetValue<string>() ?? string.Empty;

    private static JsonObject Merge(JsonObject under, JsonObject over)
    {
        var merged = (JsonObject)under.DeepClone();
        foreach (var (key, value) in over)
        {
            merged[key] = (merged[key], value) switch
            {
                (JsonObject mine, JsonObject its) => Merge(mine, its),
                (JsonArray mine, JsonArray its) => Merge(key, mine, its),
                (var mine, null) => mine?.DeepClone(),
                _ => value.DeepClone(),
            };
        }

        return merged;
    }

    private static JsonArray Merge(string list, JsonArray under, JsonArray over)
    {
        if (Added.Contains(list))
        {
            return new JsonArray([.. under.Concat(over).Select(element => element?.DeepClone())]);
        }

        if (!MergeKeys.TryGetValue(list, out var key))
        {
            return (JsonArray)over.DeepClone();
        }

        var twins = under.OfType<JsonObject>().Where(element => element[key] is not null).ToLookup(element => element[key]!.ToJsonString()); // not null: asked
        var made = over.OfType<JsonObject>().Select(element => twins[element[key]?.ToJsonString() ?? string.Empty].Aggregate(element, (its, mine) => Merge(mine, its))).ToList();
        var keys = over.OfType<JsonObject>().Select(element => element[key]?.ToJsonString()).ToHashSet(StringComparer.Ordinal);
        var own = under.OfType<JsonObject>().Where(element => !keys.Contains(element[key]?.ToJsonString()));
        return new JsonArray([.. own.Concat(made).Select(element => element.DeepClone())]);
    }

    private static JsonObject Json(object part) => JsonNode.Parse(KubernetesJson.Serialize(part))?.AsObject() ?? [];
}
