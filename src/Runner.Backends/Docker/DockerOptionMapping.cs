using System.Globalization;
using Docker.DotNet.Models;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>Puts a container's options into the request that creates it. Pure.</summary>
/// <param name="request">The request.</param>
/// <param name="where">The key, for messages.</param>
/// <param name="isJob">Whether it is the container of the job, whose first process is the worker.</param>
/// <param name="bind">What a volume of the job's workspace is here, or <c>null</c>: the container has it anyway.</param>
/// <param name="warnings">Takes what cannot be honoured.</param>
internal sealed class DockerOptionMapping(
    CreateContainerParameters request, string where, bool isJob, Func<VolumeMapping, string?> bind, ICollection<string> warnings)
{
    private HostConfig Host { get; } = request.HostConfig ??= new HostConfig();

    /// <summary>Applies all of them; what cannot be honoured is warned of, once an option.</summary>
    /// <exception cref="WorkflowException">A value cannot be read.</exception>
    public void Apply(ContainerOptions options)
    {
        foreach (var option in options.All)
        {
            if (!ApplyIdentity(option) && !ApplyLimits(option) && !ApplySecurity(option) && !ApplyPlace(option))
            {
                Warn(option);
            }
        }

        request.Healthcheck = Health(options.Health);
    }

    private bool ApplyIdentity(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--user": request.User = option.Value; return true;
            case "--hostname": request.Hostname = option.Value; return true;
            case "--domainname": request.Domainname = option.Value; return true;
            case "--workdir": request.WorkingDir = option.Value; return true;
            case "--platform": request.Platform = option.Value; return true;
            case "--stop-signal": request.StopSignal = option.Value; return true;
            case "--env": request.Env.Add(option.Value); return true;
            case "--label": Add(request.Labels, option.Value); return true;
            case "--network-alias": return true; // SpecBuilder has them: they belong to the network
            case "--entrypoint" when !isJob: request.Entrypoint = option.Value.Length == 0 ? [] : [option.Value]; return true;
            default: return false;
        }
    }

    private bool ApplyLimits(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--cpus": Host.NanoCPUs = (long)(DockerValues.Number(option, where) * 1e9); return true;
            case "--cpu-shares": Host.CPUShares = DockerValues.Integer(option, where); return true;
            case "--cpu-period": Host.CPUPeriod = DockerValues.Integer(option, where); return true;
            case "--cpu-quota": Host.CPUQuota = DockerValues.Integer(option, where); return true;
            case "--cpuset-cpus": Host.CpusetCpus = option.Value; return true;
            case "--cpuset-mems": Host.CpusetMems = option.Value; return true;
            case "--memory": Host.Memory = DockerValues.Bytes(option, where); return true;
            case "--memory-reservation": Host.MemoryReservation = DockerValues.Bytes(option, where); return true;
            case "--memory-swap": Host.MemorySwap = option.Value == "-1" ? -1 : DockerValues.Bytes(option, where); return true;
            case "--memory-swappiness": Host.MemorySwappiness = DockerValues.Integer(option, where); return true;
            case "--oom-kill-disable": Host.OomKillDisable = option.Value == "true"; return true;
            case "--oom-score-adj": Host.OomScoreAdj = DockerValues.Integer(option, where); return true;
            case "--pids-limit": Host.PidsLimit = DockerValues.Integer(option, where); return true;
            case "--shm-size": Host.ShmSize = DockerValues.Bytes(option, where); return true;
            case "--ulimit": (Host.Ulimits ??= []).Add(Ulimit(option)); return true;
            default: return false;
        }
    }

    private bool ApplySecurity(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--privileged": Host.Privileged = option.Value == "true"; return true;
            case "--read-only": Host.ReadonlyRootfs = option.Value == "true"; return true;
            case "--init": Host.Init = option.Value == "true"; return true;
            case "--cap-add": (Host.CapAdd ??= []).Add(option.Value); return true;
            case "--cap-drop": (Host.CapDrop ??= []).Add(option.Value); return true;
            case "--security-opt": (Host.SecurityOpt ??= []).Add(option.Value); return true;
            case "--group-add": (Host.GroupAdd ??= []).Add(option.Value); return true;
            case "--userns": Host.UsernsMode = option.Value; return true;
            case "--ipc": Host.IpcMode = option.Value; return true;
            case "--pid": Host.PidMode = option.Value; return true;
            case "--runtime": Host.Runtime = option.Value; return true;
            case "--sysctl": Add(Host.Sysctls ??= new Dictionary<string, string>(), option.Value); return true;
            default: return false;
        }
    }

    private bool ApplyPlace(ContainerOption option)
    {
        switch (option.Name)
        {
            case "--add-host": (Host.ExtraHosts ??= []).Add(option.Value.Replace('=', ':')); return true;
            case "--dns": (Host.DNS ??= []).Add(option.Value); return true;
            case "--dns-option": (Host.DNSOptions ??= []).Add(option.Value); return true;
            case "--dns-search": (Host.DNSSearch ??= []).Add(option.Value); return true;
            case "--volume": AddVolume(option.Value); return true;
            case "--device": (Host.Devices ??= []).Add(Device(option.Value)); return true;
            case "--gpus": (Host.DeviceRequests ??= []).Add(Gpus(option)); return true;
            case "--tmpfs":
                var (folder, mode) = DockerValues.Pair(option.Value, ':');
                (Host.Tmpfs ??= new Dictionary<string, string>())[folder] = mode;
                return true;
            default: return false;
        }
    }

    private void AddVolume(string value)
    {
        if ((value.StartsWith(VolumeMapping.Workspace, StringComparison.Ordinal) ? bind(VolumeMapping.Parse(value, where)) : value) is { } volume)
        {
            (Host.Binds ??= []).Add(volume);
        }
    }

    private Ulimit Ulimit(ContainerOption option)
    {
        var (name, limits) = DockerValues.Pair(option.Value);
        var parts = limits.Split(':');
        return long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var soft)
            && long.TryParse(parts[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hard)
            ? new Ulimit { Name = name, Soft = soft, Hard = hard }
            : throw new WorkflowException($"{where}: '{option.Name}' must be a name with one or two numbers such as nofile=1024:2048, not '{option.Value}'");
    }

    private static DeviceMapping Device(string value)
    {
        var parts = value.Split(':');
        return new DeviceMapping
        {
            PathOnHost = parts[0],
            PathInContainer = parts.Length > 1 ? parts[1] : parts[0],
            CgroupPermissions = parts.Length > 2 ? parts[2] : "rwm",
        };
    }

    private DeviceRequest Gpus(ContainerOption option) => new()
    {
        Driver = string.Empty,
        Count = option.Value == "all" ? -1 : DockerValues.Integer(option, where),
        Capabilities = [["gpu"]],
    };

    private static HealthcheckConfig? Health(HealthCheck? health) => health is null ? null : new HealthcheckConfig
    {
        Test = health.IsDisabled ? ["NONE"] : health.Command is { } command ? ["CMD-SHELL", command] : [],
        Interval = health.Interval,
        Timeout = health.Timeout,
        StartPeriod = health.StartPeriod,
        Retries = health.Retries,
    };

    private static void Add(IDictionary<string, string> pairs, string text)
    {
        var (name, value) = DockerValues.Pair(text);
        pairs[name] = value;
    }

    private void Warn(ContainerOption option)
    {
        var warning = $"{where}: the option '{option.Name}' has no effect on the docker backend";
        if (!warnings.Contains(warning))
        {
            warnings.Add(warning);
        }
    }
}
