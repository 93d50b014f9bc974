using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>What a kubelet says of a pod at each stage, as one of 1.31 says it of a pod with set-up containers.</summary>
internal static class PodStatuses
{
    /// <summary>The scheduler has chosen a node.</summary>
    public static void Schedule(JsonObject pod, string node, string now)
    {
        pod["spec"]!["nodeName"] = node;
        pod["status"]!["conditions"] = new JsonArray(Condition("PodScheduled", true, now));
    }

    /// <summary>The kubelet has seen the pod; nothing of it runs.</summary>
    public static void See(JsonObject pod, string now)
    {
        var status = pod["status"]!.AsObject();
        (status["hostIP"], status["startTime"]) = ("10.0.0.1", now);
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = "10.0.0.1" });
        Tell(pod, now, setUp: Waiting("PodInitializing"), job: Waiting("PodInitializing"), isRunning: false, isSetUp: false);
    }

    /// <summary>The set-up containers have done their work.</summary>
    public static void SetUp(JsonObject pod, string now)
    {
        var status = pod["status"]!.AsObject();
        status["podIP"] = "10.1.0.7";
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = "10.1.0.7" });
        Tell(pod, now, setUp: Ended(now, now, 0, message: null), job: Waiting("PodInitializing"), isRunning: false, isSetUp: true);
    }

    /// <summary>The job's container runs.</summary>
    public static void Run(JsonObject pod, string now)
    {
        pod["status"]!["phase"] = "Running";
        Tell(pod, now, setUp: null, job: new JsonObject { ["running"] = new JsonObject { ["startedAt"] = now } }, isRunning: true, isSetUp: true);
    }

    /// <summary>The job's container has ended.</summary>
    public static void End(JsonObject pod, string now, int code, string? message)
    {
        pod["status"]!["phase"] = code == 0 ? "Succeeded" : "Failed";
        var since = pod["status"]!["containerStatuses"]?[0]?["state"]?["running"]?["startedAt"]?.GetValue<string>() ?? now;
        Tell(pod, now, setUp: null, job: Ended(since, now, code, message), isRunning: false, isSetUp: true);
    }

    private static void Tell(JsonObject pod, string now, JsonObject? setUp, JsonObject job, bool isRunning, bool isSetUp)
    {
        var status = pod["status"]!.AsObject();
        status["conditions"] = new JsonArray(
            Condition("PodReadyToStartContainers", isSetUp, now),
            Condition("Initialized", isSetUp, now),
            Condition("Ready", isRunning, now),
            Condition("ContainersReady", isRunning, now),
            Condition("PodScheduled", true, now));
        if (setUp is not null)
        {
            status["initContainerStatuses"] = Statuses(pod, "initContainers", setUp, isReady: isSetUp);
        }

        status["containerStatuses"] = Statuses(pod, "containers", job, isReady: isRunning);
    }

    private static JsonArray Statuses(JsonObject pod, string list, JsonObject state, bool isReady) => new([.. (pod["spec"]![list] as JsonArray ?? []).Select(container =>
        (JsonNode)new JsonObject
        {
            ["name"] = container!["name"]!.DeepClone(),
            ["image"] = container["image"]!.DeepClone(),
            ["imageID"] = state["waiting"] is null ? $"{container["image"]}@sha256:{new string('1', 64)}" : string.Empty,
            ["containerID"] = state["waiting"] is null ? $"containerd://{new string('2', 64)}" : null,
            ["lastState"] = new JsonObject(),
            ["ready"] = isReady,
            ["restartCount"] = 0,
            ["started"] = isReady,
            ["state"] = state.DeepClone(),
        })]);

    private static JsonObject Waiting(string reason) => new() { ["waiting"] = new JsonObject { ["reason"] = reason } };

    private static JsonObject Ended(string since, string now, int code, string? message) => new()
    {
        ["terminated"] = new JsonObject
        {
            ["exitCode"] = code,
            ["reason"] = code == 0 ? "Completed" : "Error",
            ["message"] = message,
            ["startedAt"] = since,
            ["finishedAt"] = now,
            ["containerID"] = $"containerd://{new string('2', 64)}",
        },
    };

    private static JsonObject Condition(string type, bool holds, string now) => new()
    {
        ["type"] = type,
        ["status"] = holds ? "True" : "False",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = now,
    };
}
