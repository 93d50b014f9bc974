using System.Text.Json.Nodes;

namespace Runner.Kubernetes.Tests.Security;

/// <summary>
/// The Pod Security Standards as their page has them: for each control its restricted fields and their allowed values, over a pod's JSON. Written
/// from the page alone, so that it shares no mistake with the code that it judges.
/// </summary>
internal static class PodSecurityStandard
{
    private static readonly string[] Containers = ["spec.containers[*]", "spec.initContainers[*]", "spec.ephemeralContainers[*]"];

    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private static readonly string[] BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly string[] RestrictedVolumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret", "image"];

    private static readonly string[] HostFields =
    [
        .. from probe in new[] { "livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop" }
           from kind in new[] { "httpGet", "tcpSocket" }
           select $"{probe}.{kind}.host",
    ];

    /// <summary>Every field of a pod that a level does not allow, with its value.</summary>
    public static IReadOnlyList<string> Violations(JsonNode pod, string level) => level switch
    {
        "baseline" => [.. Baseline(pod)],
        "restricted" => [.. Baseline(pod), .. Restricted(pod)],
        _ => [],
    };

    private static IEnumerable<string> Baseline(JsonNode pod)
    {
        string[] contexts = ["spec.securityContext", .. Containers.Select(container => container + ".securityContext")];
        return
        [
            .. contexts.SelectMany(context => Only(pod, context + ".windowsOptions.hostProcess", "false")),
            .. Only(pod, "spec.hostNetwork", "false"),
            .. Only(pod, "spec.hostPID", "false"),
            .. Only(pod, "spec.hostIPC", "false"),
            .. Containers.SelectMany(container => Only(pod, container + ".securityContext.privileged", "false")),
            .. Containers.SelectMany(container => Only(pod, container + ".securityContext.capabilities.add[*]", BaselineCapabilities)),
            .. Only(pod, "spec.volumes[*].hostPath"),
            .. Containers.SelectMany(container => Only(pod, container + ".ports[*].hostPort", "0")),
            .. Containers.SelectMany(container => HostFields.SelectMany(field => Only(pod, $"{container}.{field}", ""))),
            .. contexts.SelectMany(context => Only(pod, context + ".appArmorProfile.type", "RuntimeDefault", "Localhost")),
            .. AppArmorAnnotations(pod),
            .. contexts.SelectMany(context => Only(pod, context + ".seLinuxOptions.type", "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")),
            .. contexts.SelectMany(context => Only(pod, context + ".seLinuxOptions.user", "")),
            .. contexts.SelectMany(context => Only(pod, context + ".seLinuxOptions.role", "")),
            .. Containers.SelectMany(container => Only(pod, container + ".securityContext.procMount", "Default")),
            .. contexts.SelectMany(context => Only(pod, context + ".seccompProfile.type", "RuntimeDefault", "Localhost")),
            .. Only(pod, "spec.securityContext.sysctls[*].name", Sysctls),
        ];
    }

    private static IEnumerable<string> Restricted(JsonNode pod) =>
    [
        .. from volume in Find(pod, "spec.volumes[*]").Select(found => found.Value).OfType<JsonObject>()
           where !volume.Any(field => RestrictedVolumes.Contains(field.Key))
           select $"spec.volumes[{volume["name"]}] is of no allowed type",
        .. Containers.SelectMany(container => Required(pod, container, "securityContext.allowPrivilegeEscalation", inherits: false, "false")),
        .. Only(pod, "spec.securityContext.runAsNonRoot", "true"),
        .. Containers.SelectMany(container => Required(pod, container, "securityContext.runAsNonRoot", inherits: true, "true")),
        .. Not(pod, "spec.securityContext.runAsUser", "0"),
        .. Containers.SelectMany(container => Not(pod, container + ".securityContext.runAsUser", "0")),
        .. Containers.SelectMany(container => Required(pod, container, "securityContext.seccompProfile.type", inherits: true, "RuntimeDefault", "Localhost")),
        .. Containers.SelectMany(container => Only(pod, container + ".securityContext.capabilities.add[*]", "NET_BIND_SERVICE")),
        .. from container in Containers.SelectMany(container => Find(pod, container)).Select(found => found.Value).OfType<JsonObject>()
           where !Find(container, "securityContext.capabilities.drop[*]").Any(drop => drop.Value?.ToString() == "ALL")
           select $"{container["name"]} does not drop ALL capabilities",
    ];

    // Not there is always allowed.
    private static IEnumerable<string> Only(JsonNode pod, string path, params string[] allowed) =>
        from found in Find(pod, path)
        where found.Value is not null && !allowed.Contains(found.Value.ToJsonString().Trim('"'))
        select $"{found.Path} = {found.Value.ToJsonString()}";

    private static IEnumerable<string> Not(JsonNode pod, string path, string forbidden) =>
        from found in Find(pod, path)
        where found.Value?.ToJsonString() == forbidden
        select $"{found.Path} = {forbidden}";

    // Must be said, at each container or, where it inherits, at the pod.
    private static IEnumerable<string> Required(JsonNode pod, string containers, string field, bool inherits, params string[] allowed)
    {
        var ofPod = inherits ? Find(pod, "spec." + field).FirstOrDefault().Value : null;
        return from container in Find(pod, containers)
               where container.Value is not null
               let value = Find(container.Value, field).FirstOrDefault().Value ?? ofPod
               where value is null || !allowed.Contains(value.ToJsonString().Trim('"'))
               select $"{container.Path}.{field} = {value?.ToJsonString() ?? "nothing"}";
    }

    private static IEnumerable<string> AppArmorAnnotations(JsonNode pod) =>
        from annotation in pod["metadata"]?["annotations"]?.AsObject() ?? []
        where annotation.Key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal)
        let value = annotation.Value?.ToString()
        where value is not ("" or "runtime/default") && !value!.StartsWith("localhost/", StringComparison.Ordinal)
        select $"{annotation.Key} = {value}";

    private static IEnumerable<(string Path, JsonNode? Value)> Find(JsonNode root, string path)
    {
        IEnumerable<(string Path, JsonNode? Value)> found = [(string.Empty, root)];
        foreach (var part in path.Split('.'))
        {
            var isList = part.EndsWith("[*]", StringComparison.Ordinal);
            var name = isList ? part[..^3] : part;
            found = found.Select(node => ($"{node.Path}.{name}", (node.Value as JsonObject)?[name]));
            found = isList
                ? found.SelectMany(node => (node.Value as JsonArray ?? []).Select((item, index) => ($"{node.Path}[{(item as JsonObject)?["name"]?.ToString() ?? $"{index}"}]", item)))
                : found;
        }

        return found.Where(node => node.Value is not null);
    }
}
