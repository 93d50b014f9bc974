using System.Collections.Immutable;
using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Cli.Flags;
using Runner.Cli.Settings;
using Runner.Kubernetes.Options;

namespace Runner.Cli.Commands;

/// <summary>Flags that are settings of the configuration too: each wins over what files and environment say.</summary>
internal static class SettingFlags
{
    /// <summary>What the flags say.</summary>
    public static IEnumerable<ConfigOverride> Read(ParseResult result, RunFlags flags) =>
    [
        .. Of(flags)
            .Select(flag => (flag.Option, flag.Path, Value: result.GetValue(flag.Option)))
            .Where(flag => flag.Value is not null)
            .Select(flag => new ConfigOverride(flag.Path, flag.Value ?? string.Empty, $"flag {flag.Option.Name}")),
        .. (result.GetValue(flags.Platforms) ?? []).Select(PlatformFlag.Parse).SelectMany(platform => platform.ToOverrides()),
    ];

    /// <summary>The flags that are for a cluster only.</summary>
    public static IEnumerable<Option> OfCluster(RunFlags flags) =>
        Of(flags).Where(flag => flag.Path[0] == KubernetesOptions.SectionName).Select(flag => flag.Option);

    /// <summary>The flags of one setting, with the setting's path.</summary>
    public static IEnumerable<(Option<string?> Option, ImmutableArray<string> Path)> Of(RunFlags flags) =>
    [
        (flags.Backend, ["backend"]),
        (flags.Kubeconfig, ["kubernetes", "kubeconfig"]),
        (flags.Context, ["kubernetes", "context"]),
        (flags.Namespace, ["kubernetes", "namespace"]),
        (flags.ServiceAccount, ["kubernetes", "serviceAccount"]),
        (flags.StorageClass, ["kubernetes", "storageClass"]),
        (flags.CpuRequest, ["kubernetes", "defaultResources", "requests", "cpu"]),
        (flags.MemoryRequest, ["kubernetes", "defaultResources", "requests", "memory"]),
        (flags.CpuLimit, ["kubernetes", "defaultResources", "limits", "cpu"]),
        (flags.MemoryLimit, ["kubernetes", "defaultResources", "limits", "memory"]),
    ];
}
