using System.Collections.Immutable;
using System.CommandLine;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Settings;
using Runner.Jobs.Errors;
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

    /// <summary>The settings by files, environment and flags, for commands that need no more than a part of them. Warns of those that do nothing.</summary>
    /// <exception cref="OperatorException">Something in them cannot be read: every problem at once.</exception>
    public static AgentOptions Settings(ParseResult result, RunFlags flags, CliSurroundings surroundings)
    {
        var files = SettingsFiles.Read(surroundings, result.GetValue(flags.Config));
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, Read(result, flags));
        surroundings.Warn(reading.Warnings);
        return reading.Problems.Count > 0 ? throw new OperatorException(reading.Problems) : reading.Options;
    }

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
