using System.Globalization;
using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>What the API server checks and sets of pods.</summary>
internal static class PodRules
{
    private static readonly string[] Lists = ["initContainers", "containers"];

    /// <summary>Checks a pod that is to be made and gives it the server's defaults.</summary>
    public static void Begin(JsonObject pod)
    {
        var name = (string)pod["metadata"]!["name"]!;
        if (pod["spec"] is not JsonObject spec || spec["containers"] is not JsonArray { Count: > 0 })
        {
            throw ApiError.Invalid("Pod", name, "spec.containers: Required value");
        }

        var volumes = (spec["volumes"] as JsonArray ?? []).Select(volume => (string)volume!["name"]!).ToList();
        Require(volumes.Distinct().Count() == volumes.Count, name, "spec.volumes: Duplicate value");
        foreach (var container in Lists.SelectMany(list => spec[list] as JsonArray ?? []).Select(container => container!.AsObject()))
        {
            CheckContainer(container, name, volumes);
            container["terminationMessagePath"] ??= "/dev/termination-log";
            container["terminationMessagePolicy"] ??= "File";
            container["imagePullPolicy"] ??= "IfNotPresent";
            container["resources"] ??= new JsonObject();
        }

        var names = Lists.SelectMany(list => spec[list] as JsonArray ?? []).Select(container => (string)container!["name"]!).ToList();
        Require(names.Distinct().Count() == names.Count, name, "spec.containers: Duplicate value");
        foreach (var volume in (spec["volumes"] as JsonArray ?? []).Where(volume => volume!["secret"] is JsonObject))
        {
            volume!["secret"]!["defaultMode"] ??= 420;
        }

        spec["dnsPolicy"] ??= "ClusterFirst";
        spec["restartPolicy"] ??= "Always";
        spec["schedulerName"] ??= "default-scheduler";
        spec["serviceAccountName"] ??= "default";
        spec["serviceAccount"] = spec["serviceAccountName"]!.DeepClone();
        spec["securityContext"] ??= new JsonObject();
        spec["terminationGracePeriodSeconds"] ??= 30;
        spec["priority"] ??= 0;
        spec["preemptionPolicy"] ??= "PreemptLowerPriority";
        spec["tolerations"] ??= new JsonArray();
        foreach (var key in new[] { "not-ready", "unreachable" })
        {
            spec["tolerations"]!.AsArray().Add(new JsonObject
            {
                ["key"] = $"node.kubernetes.io/{key}", ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300,
            });
        }

        pod["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "Burstable" };
    }

    /// <summary>Of a pod that is there only its metadata may be changed, and its time, which may become shorter; what else may be is not asked for here.</summary>
    public static void CheckChange(JsonObject old, JsonObject changed)
    {
        const string Time = "activeDeadlineSeconds";
        var name = (string)old["metadata"]!["name"]!;
        var (before, after) = ((long?)old["spec"]![Time], (long?)changed["spec"]![Time]);
        Require(
            before is null || before == after || after < before,
            name,
            $"spec.{Time}: Invalid value: {after?.ToString(CultureInfo.InvariantCulture) ?? "null"}: must be less than or equal to previous value");
        var same = (JsonObject)old["spec"]!.DeepClone();
        if (after is not null)
        {
            same[Time] = after;
        }

        Require(
            JsonNode.DeepEquals(same, changed["spec"]),
            name,
            "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations`");
        changed["status"] = old["status"]?.DeepClone();
    }

    /// <summary>How long a pod that is deleted stays; 0: it goes at once.</summary>
    public static int GraceOf(JsonObject pod, int? asked)
    {
        var hasEnded = (string?)pod["status"]?["phase"] is "Succeeded" or "Failed";
        return hasEnded || pod["spec"]?["nodeName"] is null ? 0 : asked ?? (int)pod["spec"]!["terminationGracePeriodSeconds"]!;
    }

    private static void CheckContainer(JsonObject container, string pod, List<string> volumes)
    {
        Require((string?)container["name"] is { Length: > 0 }, pod, "spec.containers.name: Required value");
        Require((string?)container["image"] is { Length: > 0 }, pod, "spec.containers.image: Required value");
        foreach (var mount in container["volumeMounts"] as JsonArray ?? [])
        {
            var volume = (string?)mount!["name"] ?? string.Empty;
            Require(volumes.Contains(volume), pod, $"spec.containers.volumeMounts.name: Not found: \"{volume}\"");
        }
    }

    private static void Require(bool holds, string pod, string problem)
    {
        if (!holds)
        {
            throw ApiError.Invalid("Pod", pod, problem);
        }
    }
}
