using k8s.Models;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Security;

/// <summary>
/// Keeps a finished pod, and each container that is added to one later, within a level of the Pod Security Standards, field by field. Pure.
/// Source: <c>Pod Security Standards</c> of the Kubernetes documentation, version 1.34.
/// </summary>
/// <remarks>
/// It is the last that touches a spec, whatever asked for a field: only so does no new option of a workflow get round it. What it takes away is told;
/// what it adds (<c>restricted</c> wants some things said) is not, since nobody asked for the opposite. A field is taken away, not the pod refused:
/// most jobs that say <c>--privileged</c> run without. Of a user there is no such lesser form, so <see cref="FindRoot"/> is for the caller to refuse.
/// </remarks>
/// <param name="level">The level.</param>
/// <param name="take">Told of everything that is taken away: where it stood (a container's name; empty: the pod), and what it was, in words.</param>
internal sealed class PodSecurityClamp(PodSecurityLevel level, Action<string, string> take)
{
    private const string AppArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";
    private const string AllCapabilities = "ALL";
    private const string Bind = "NET_BIND_SERVICE";

    private static readonly HashSet<string> BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", Bind, "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly HashSet<string> SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private static readonly HashSet<string> SeLinuxTypes = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    /// <summary>Who would run as root: the name of a container, empty for the pod itself; <c>null</c>: nobody, or the level allows it.</summary>
    public string? FindRoot(V1Pod pod) => level < PodSecurityLevel.Restricted
        ? null
        : pod.Spec.SecurityContext?.RunAsUser == 0
            ? string.Empty
            : All(pod.Spec).FirstOrDefault(container => container.SecurityContext?.RunAsUser == 0)?.Name;

    /// <summary>The pod within the level.</summary>
    /// <param name="pod">The pod, finished.</param>
    /// <param name="operatorsVolumes">
    /// Volumes that the operator put on folders of the node: these stay, as does the node's network where the operator gave it, since no
    /// workflow can ask for either.
    /// </param>
    public V1Pod Apply(V1Pod pod, IReadOnlySet<string> operatorsVolumes)
    {
        if (level == PodSecurityLevel.Privileged)
        {
            return pod;
        }

        pod.Metadata.Annotations = Annotations(pod.Metadata.Annotations);
        pod.Spec.HostPID = Switch(pod.Spec.HostPID, string.Empty, "the node's processes (hostPID)");
        pod.Spec.HostIPC = Switch(pod.Spec.HostIPC, string.Empty, "the node's shared memory (hostIPC)");
        pod.Spec.SecurityContext = OfPod(pod.Spec.SecurityContext);
        pod.Spec.Volumes = [.. (pod.Spec.Volumes ?? []).Select(volume => operatorsVolumes.Contains(volume.Name) ? volume : Volume(volume))];
        foreach (var container in All(pod.Spec))
        {
            Apply(container);
        }

        pod.Spec.EphemeralContainers = pod.Spec.EphemeralContainers is { } added ? [.. added.Select(Apply)] : null;
        return pod;
    }

    /// <summary>A container that is added to a pod of this level, within it.</summary>
    public V1EphemeralContainer Apply(V1EphemeralContainer container)
    {
        if (level == PodSecurityLevel.Privileged)
        {
            return container;
        }

        return container with
        {
            SecurityContext = OfContainer(container.SecurityContext, container.Name),
            Ports = Ports(container.Ports, container.Name),
            StartupProbe = Probe(container.StartupProbe, container.Name),
            ReadinessProbe = Probe(container.ReadinessProbe, container.Name),
            LivenessProbe = Probe(container.LivenessProbe, container.Name),
            Lifecycle = Lifecycle(container.Lifecycle, container.Name),
        };
    }

    /// <summary>A pod's security context within the level.</summary>
    public V1PodSecurityContext OfPod(V1PodSecurityContext? context)
    {
        context ??= new V1PodSecurityContext();
        const string where = "";
        return level == PodSecurityLevel.Privileged ? context : context with
        {
            RunAsNonRoot = NonRoot(context.RunAsNonRoot, where) ?? (level == PodSecurityLevel.Restricted ? true : null),
            SeccompProfile = Seccomp(context.SeccompProfile, where) ?? (level == PodSecurityLevel.Restricted ? RuntimeDefault() : null),
            AppArmorProfile = AppArmor(context.AppArmorProfile, where),
            SeLinuxOptions = SeLinux(context.SeLinuxOptions, where),
            WindowsOptions = Windows(context.WindowsOptions, where),
            Sysctls = Sysctls(context.Sysctls, where),
        };
    }

    /// <summary>A container's security context within the level.</summary>
    public V1SecurityContext? OfContainer(V1SecurityContext? context, string where)
    {
        if (level == PodSecurityLevel.Privileged || (context is null && level < PodSecurityLevel.Restricted))
        {
            return context;
        }

        context ??= new V1SecurityContext();
        return context with
        {
            Privileged = Switch(context.Privileged, where, "privileged"),
            AllowPrivilegeEscalation = Escalation(context.AllowPrivilegeEscalation, where),
            Capabilities = Capabilities(context.Capabilities, where),
            ProcMount = ProcMount(context.ProcMount, where),
            RunAsNonRoot = NonRoot(context.RunAsNonRoot, where),
            SeccompProfile = Seccomp(context.SeccompProfile, where),
            AppArmorProfile = AppArmor(context.AppArmorProfile, where),
            SeLinuxOptions = SeLinux(context.SeLinuxOptions, where),
            WindowsOptions = Windows(context.WindowsOptions, where),
        };
    }

    private static IEnumerable<V1Container> All(V1PodSpec spec) => (spec.InitContainers ?? []).Concat(spec.Containers ?? []);

    private static V1SeccompProfile RuntimeDefault() => new() { Type = "RuntimeDefault" };

    private void Apply(V1Container container)
    {
        container.SecurityContext = OfContainer(container.SecurityContext, container.Name);
        container.Ports = Ports(container.Ports, container.Name);
        container.StartupProbe = Probe(container.StartupProbe, container.Name);
        container.ReadinessProbe = Probe(container.ReadinessProbe, container.Name);
        container.LivenessProbe = Probe(container.LivenessProbe, container.Name);
        container.Lifecycle = Lifecycle(container.Lifecycle, container.Name);
    }

    private bool? Switch(bool? value, string where, string what)
    {
        if (value != true)
        {
            return value;
        }

        take(where, what);
        return null;
    }

    private bool? Escalation(bool? value, string where)
    {
        if (level < PodSecurityLevel.Restricted)
        {
            return value;
        }

        Switch(value, where, "allowPrivilegeEscalation");
        return false;
    }

    // Not said at a container, the pod's counts.
    private bool? NonRoot(bool? value, string where)
    {
        if (level < PodSecurityLevel.Restricted || value != false)
        {
            return value;
        }

        take(where, "runAsNonRoot: false");
        return true;
    }

    private V1Capabilities? Capabilities(V1Capabilities? capabilities, string where)
    {
        var isRestricted = level == PodSecurityLevel.Restricted;
        var allowed = (capabilities?.Add ?? []).ToLookup(name => isRestricted ? name == Bind : BaselineCapabilities.Contains(name));
        foreach (var name in allowed[false])
        {
            take(where, $"the capability {name}");
        }

        List<string> add = [.. allowed[true]];
        List<string> drop = isRestricted ? [AllCapabilities] : [.. capabilities?.Drop ?? []];
        return add.Count + drop.Count == 0 ? null : new V1Capabilities { Add = add.Count == 0 ? null : add, Drop = drop.Count == 0 ? null : drop };
    }

    private string? ProcMount(string? value, string where) => Only(value, value is null or "Default", where, $"procMount: {value}");

    private V1SeccompProfile? Seccomp(V1SeccompProfile? profile, string where) =>
        Only(profile, profile?.Type is null or "RuntimeDefault" or "Localhost", where, $"the seccomp profile {profile?.Type}");

    private V1AppArmorProfile? AppArmor(V1AppArmorProfile? profile, string where) =>
        Only(profile, profile?.Type is null or "RuntimeDefault" or "Localhost", where, $"the AppArmor profile {profile?.Type}");

    private V1SELinuxOptions? SeLinux(V1SELinuxOptions? options, string where)
    {
        if (options is null)
        {
            return null;
        }

        return options with
        {
            Type = Only(options.Type, string.IsNullOrEmpty(options.Type) || SeLinuxTypes.Contains(options.Type), where, $"the SELinux type {options.Type}"),
            User = Only(options.User, string.IsNullOrEmpty(options.User), where, $"the SELinux user {options.User}"),
            Role = Only(options.Role, string.IsNullOrEmpty(options.Role), where, $"the SELinux role {options.Role}"),
        };
    }

    private V1WindowsSecurityContextOptions? Windows(V1WindowsSecurityContextOptions? options, string where) =>
        options is null ? null : options with { HostProcess = Switch(options.HostProcess, where, "hostProcess") };

    private List<V1Sysctl>? Sysctls(IList<V1Sysctl>? sysctls, string where) => sysctls is null
        ? null
        : [.. sysctls.Where(sysctl => Only(sysctl, SafeSysctls.Contains(sysctl.Name), where, $"the sysctl {sysctl.Name}") is not null)];

    private List<V1ContainerPort>? Ports(IList<V1ContainerPort>? ports, string where) => ports is null
        ? null
        : [.. ports.Select(port => port.HostPort is null or 0 ? port : Without(port, where))];

    private V1ContainerPort Without(V1ContainerPort port, string where)
    {
        take(where, $"port {port.HostPort} of the node");
        return port with { HostPort = null, HostIP = null };
    }

    private V1Probe? Probe(V1Probe? probe, string where) => probe is null ? null : probe with
    {
        HttpGet = HttpGet(probe.HttpGet, where),
        TcpSocket = TcpSocket(probe.TcpSocket, where),
    };

    private V1Lifecycle? Lifecycle(V1Lifecycle? lifecycle, string where) =>
        lifecycle is null ? null : lifecycle with { PostStart = Handler(lifecycle.PostStart, where), PreStop = Handler(lifecycle.PreStop, where) };

    private V1LifecycleHandler? Handler(V1LifecycleHandler? handler, string where) => handler is null ? null : handler with
    {
        HttpGet = HttpGet(handler.HttpGet, where),
        TcpSocket = TcpSocket(handler.TcpSocket, where),
    };

    private V1HTTPGetAction? HttpGet(V1HTTPGetAction? action, string where) =>
        action is null ? null : action with { Host = Only(action.Host, string.IsNullOrEmpty(action.Host), where, $"a probe of the host {action.Host}") };

    private V1TCPSocketAction? TcpSocket(V1TCPSocketAction? action, string where) =>
        action is null ? null : action with { Host = Only(action.Host, string.IsNullOrEmpty(action.Host), where, $"a probe of the host {action.Host}") };

    /// <summary>Whether the level has volumes of that kind.</summary>
    public bool Allows(V1Volume volume) =>
        level == PodSecurityLevel.Privileged || (volume.HostPath is null && (level < PodSecurityLevel.Restricted || IsOfAnAllowedKind(volume)));

    // The containers that mount it find an empty folder in its place.
    private V1Volume Volume(V1Volume volume)
    {
        return Only(volume, Allows(volume), string.Empty, $"the volume '{volume.Name}'") ?? new V1Volume { Name = volume.Name, EmptyDir = new V1EmptyDirVolumeSource() };
    }

    // Images are among them since Kubernetes 1.33 (kubernetes/kubernetes#130394), though the page does not have them yet.
    private static bool IsOfAnAllowedKind(V1Volume volume) =>
        (volume.ConfigMap ?? volume.Csi ?? volume.DownwardAPI ?? volume.EmptyDir ?? volume.Ephemeral ?? volume.Image ?? volume.PersistentVolumeClaim
            ?? volume.Projected ?? (object?)volume.Secret) is not null;

    private Dictionary<string, string>? Annotations(IDictionary<string, string>? annotations) => annotations?
        .Where(entry => Only(entry.Key, IsAllowed(entry.Key, entry.Value), string.Empty, $"the annotation {entry.Key}") is not null)
        .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    private static bool IsAllowed(string annotation, string value) =>
        !annotation.StartsWith(AppArmorAnnotation, StringComparison.Ordinal)
        || value is "" or "runtime/default"
        || value.StartsWith("localhost/", StringComparison.Ordinal);

    private T? Only<T>(T? value, bool isAllowed, string where, string what)
        where T : class
    {
        if (isAllowed)
        {
            return value;
        }

        take(where, what);
        return null;
    }
}
