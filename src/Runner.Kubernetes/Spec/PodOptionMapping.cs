using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Spec;

/// <summary>Puts a container's <c>docker create</c> options and volumes into its part of the pod spec. Pure.</summary>
internal sealed class PodOptionMapping(
    V1Container container, string where, JobLaunch launch, StorageOptions storage, ICollection<V1Volume> volumes, ICollection<string> warnings)
{
    // A volume's name has at most 63 characters, the beginning that is ours included.
    private const int MaxNameLength = 50;

    /// <summary>Applies all of them; what a pod cannot honour is warned of, once an option.</summary>
    /// <exception cref="WorkflowException">A value cannot be read, or asks for what no pod of ours may have.</exception>
    public void Apply(JobContainer job)
    {
        foreach (var option in job.Options.All)
        {
            if (!ApplyProcess(option) && !ApplyLimits(option) && !ApplySecurity(option) && !ApplyMemoryVolumes(option))
            {
                Warn($"{where}.options: the option '{option.Name}' has no effect in a pod");
            }
        }

        foreach (var volume in job.Volumes)
        {
            Mount(volume);
        }
    }

    private bool ApplyProcess(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--workdir": container.WorkingDir = option.Value; return true;
            case "--env":
                var (name, value) = DockerValues.Pair(option.Value);
                (container.Env ??= []).Add(new V1EnvVar { Name = name, Value = value });
                return true;
            case "--network-alias": return true; // the pod's hostAliases have it
            // The entry point of a job's own container is the worker, which keeps it alive: GitHub replaces it too.
            case "--entrypoint" when container.Name == ContainerNames.Job: return true;
            case "--entrypoint": container.Command = [option.Value]; return true;
            default: return false;
        }
    }

    private bool ApplyLimits(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--cpus":
                var cores = (decimal)DockerValues.Number(option, $"{where}.options");
                Bound(option, cores, launch.Most?.Cpu, unit: 1, "CPU");
                Limit("cpu", cores.ToString("0.###", CultureInfo.InvariantCulture));
                return true;
            case "--memory":
                var bytes = DockerValues.Bytes(option, $"{where}.options");
                Bound(option, bytes, launch.Most?.Memory, unit: 1 << 20, "MiB of memory");
                Limit("memory", bytes.ToString(CultureInfo.InvariantCulture));
                return true;
            default: return false;
        }
    }

    // What a pool gives at most to a label, it gives at most to an option.
    private void Bound(ContainerOption option, decimal asked, decimal? most, decimal unit, string what)
    {
        if (asked > most)
        {
            throw new WorkflowException(string.Create(
                CultureInfo.InvariantCulture,
                $"{where}.options: '{option.Name} {option.Value}' is not within the bounds of pool '{launch.Pool}': {most / unit:0.###} {what} at most"));
        }
    }

    private bool ApplySecurity(ContainerOption option)
    {
        var security = container.SecurityContext ?? new V1SecurityContext();
        switch (option.Name)
        {
            case "--user": container.SecurityContext = WithUser(security, option); return true;
            case "--privileged": container.SecurityContext = security with { Privileged = option.Value == "true" }; return true;
            case "--read-only": container.SecurityContext = security with { ReadOnlyRootFilesystem = option.Value == "true" }; return true;
            case "--cap-add": container.SecurityContext = security with { Capabilities = Capabilities(security, add: Capability(option.Value)) }; return true;
            case "--cap-drop": container.SecurityContext = security with { Capabilities = Capabilities(security, drop: Capability(option.Value)) }; return true;
            default: return false;
        }
    }

    private bool ApplyMemoryVolumes(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--tmpfs":
                var (path, modes) = DockerValues.Pair(option.Value, ':');
                MountMemory(path, SizeOf(modes));
                return true;
            case "--shm-size": MountMemory("/dev/shm", DockerValues.Bytes(option, $"{where}.options")); return true;
            default: return false;
        }
    }

    private V1SecurityContext WithUser(V1SecurityContext security, ContainerOption option)
    {
        var parts = option.Value.Split(':');
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user))
        {
            throw new WorkflowException($"{where}.options: '--user' must be a number in a pod, which knows no names of users, not '{option.Value}'");
        }

        var hasGroup = parts.Length > 1 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return security with { RunAsUser = user, RunAsGroup = hasGroup ? long.Parse(parts[1], CultureInfo.InvariantCulture) : null };
    }

    // Docker takes cap_sys_admin, too; Kubernetes and its rules know the one form.
    private static string Capability(string name)
    {
        var upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper;
    }

    private static V1Capabilities Capabilities(V1SecurityContext security, string? add = null, string? drop = null) => new()
    {
        Add = add is null ? security.Capabilities?.Add : [.. security.Capabilities?.Add ?? [], add],
        Drop = drop is null ? security.Capabilities?.Drop : [.. security.Capabilities?.Drop ?? [], drop],
    };

    private void Limit(string resource, string quantity)
    {
        container.Resources ??= new V1ResourceRequirements();
        container.Resources = container.Resources with
        {
            Limits = new Dictionary<string, ResourceQuantity>(container.Resources.Limits ?? new Dictionary<string, ResourceQuantity>()) { [resource] = new(quantity) },
        };
    }

    // --tmpfs /run:rw,size=64m; the other modes change nothing about what a pod can give.
    private long? SizeOf(string modes) => modes.Split(',').Select(mode => DockerValues.Pair(mode)).FirstOrDefault(mode => mode.Key == "size") is { Key: not null } size
        ? DockerValues.Bytes(new ContainerOption("--tmpfs size", size.Value), $"{where}.options")
        : null;

    private void MountMemory(string path, long? size)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"memory-{volumes.Count}");
        var limit = new ResourceQuantity(size?.ToString(CultureInfo.InvariantCulture) ?? storage.MemorySize);
        volumes.Add(new V1Volume { Name = name, EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = limit } });
        AddMount(name, path, isReadOnly: false);
    }

    // A volume with a name is shared by the containers of the job, and gone with it.
    private void Mount(VolumeMapping volume)
    {
        if (volume.PathInWorkspace is { } path)
        {
            MountWorkspace(volume, path);
            return;
        }

        if (volume.Source?.StartsWith('/') == true)
        {
            throw new WorkflowException($"{where}.volumes: '{volume}' is a folder of the machine, which a job in a pod does not get; use a volume with a name");
        }

        var name = volume.Source is null ? string.Create(CultureInfo.InvariantCulture, $"volume-{volumes.Count}") : $"named-{PodNames.Slug(volume.Source, MaxNameLength)}";
        if (volumes.All(known => known.Name != name))
        {
            volumes.Add(PodVolumes.Empty(name, storage.VolumeSize));
        }

        AddMount(name, volume.Target, volume.IsReadOnly);
        if (volume.Source is not null)
        {
            Warn($"{where}.volumes: the volume '{volume.Source}' is empty at the start of the job and gone at its end");
        }
    }

    // As on GitHub a folder of it is there from the start, and empty until a step fills it.
    private void MountWorkspace(VolumeMapping volume, string path)
    {
        if (path.Length > 0 || container.VolumeMounts?.Any(mount => mount.Name == PodVolumes.Workspace && mount.MountPath == volume.Target) != true)
        {
            AddMount(PodVolumes.Workspace, volume.Target, volume.IsReadOnly, path.Length > 0 ? path : null);
        }
    }

    private void AddMount(string name, string path, bool isReadOnly, string? folder = null)
    {
        if (container.VolumeMounts?.Any(mount => mount.MountPath.TrimEnd('/') == path.TrimEnd('/')) == true)
        {
            throw new WorkflowException($"{where}.volumes: '{path}' is taken already: the container has another volume there");
        }

        (container.VolumeMounts ??= []).Add(new V1VolumeMount { Name = name, MountPath = path, SubPath = folder, ReadOnlyProperty = isReadOnly ? true : null });
    }

    private void Warn(string warning)
    {
        if (!warnings.Contains(warning))
        {
            warnings.Add(warning);
        }
    }
}
