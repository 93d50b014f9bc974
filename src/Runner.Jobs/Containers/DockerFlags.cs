using System.Collections.Frozen;

namespace Runner.Jobs.Containers;

/// <summary>The flags of <c>docker create</c> (Docker's command-line reference), by name.</summary>
internal static class DockerFlags
{
    private static readonly string[] Switches =
    [
        "--disable-content-trust", "--init", "--interactive", "--no-healthcheck", "--oom-kill-disable", "--privileged", "--publish-all", "--quiet",
        "--read-only", "--rm", "--tty",
    ];

    private static readonly string[] Valued =
    [
        "--add-host", "--annotation", "--attach", "--blkio-weight", "--blkio-weight-device", "--cap-add", "--cap-drop", "--cgroup-parent", "--cgroupns",
        "--cidfile", "--cpu-period", "--cpu-quota", "--cpu-rt-period", "--cpu-rt-runtime", "--cpu-shares", "--cpus", "--cpuset-cpus", "--cpuset-mems",
        "--device", "--device-cgroup-rule", "--device-read-bps", "--device-read-iops", "--device-write-bps", "--device-write-iops", "--dns",
        "--dns-option", "--dns-search", "--domainname", "--entrypoint", "--env", "--env-file", "--expose", "--gpus", "--group-add", "--health-cmd",
        "--health-interval", "--health-retries", "--health-start-interval", "--health-start-period", "--health-timeout", "--hostname", "--ip", "--ip6",
        "--ipc", "--isolation", "--kernel-memory", "--label", "--label-file", "--link", "--link-local-ip", "--log-driver", "--log-opt", "--mac-address",
        "--memory", "--memory-reservation", "--memory-swap", "--memory-swappiness", "--mount", "--name", "--network", "--network-alias",
        "--oom-score-adj", "--pid", "--pids-limit", "--platform", "--publish", "--pull", "--restart", "--runtime", "--security-opt", "--shm-size",
        "--stop-signal", "--stop-timeout", "--storage-opt", "--sysctl", "--tmpfs", "--ulimit", "--user", "--userns", "--uts", "--volume",
        "--volume-driver", "--volumes-from", "--workdir",
    ];

    private static readonly FrozenDictionary<string, string> OtherNames = new Dictionary<string, string>
    {
        ["-a"] = "--attach",
        ["-c"] = "--cpu-shares",
        ["-e"] = "--env",
        ["-h"] = "--hostname",
        ["-i"] = "--interactive",
        ["-l"] = "--label",
        ["-m"] = "--memory",
        ["-P"] = "--publish-all",
        ["-p"] = "--publish",
        ["-q"] = "--quiet",
        ["-t"] = "--tty",
        ["-u"] = "--user",
        ["-v"] = "--volume",
        ["-w"] = "--workdir",
        ["--dns-opt"] = "--dns-option",
        ["--net"] = "--network",
        ["--net-alias"] = "--network-alias",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SwitchNames = Switches.ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> ValuedNames = Valued.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Every long name.</summary>
    public static IEnumerable<string> Names => Switches.Concat(Valued);

    /// <summary>The long name of a short or an old one; any other name as it is.</summary>
    public static string LongName(string name) => OtherNames.GetValueOrDefault(name, name);

    /// <summary>Whether a long name is a switch.</summary>
    public static bool IsSwitch(string name) => SwitchNames.Contains(name);

    /// <summary>Whether a long name takes a value.</summary>
    public static bool IsValued(string name) => ValuedNames.Contains(name);
}
