using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Security;

/// <summary>Whether the operator's own settings keep to the Pod Security Standard that they name. Pure.</summary>
/// <remarks>
/// What they say is never dropped in silence. Rights (<c>securityContext</c>) beyond the standard are a mistake, told at the start: one of the two
/// settings is not meant. A folder of the node or its network stays as it is and is told: whoever keeps a tool cache on the node need not open
/// everything to workflows for it.
/// </remarks>
internal static class SecurityRules
{
    /// <summary>Checks settings; mistakes are told with the setting's name and what is wrong with it.</summary>
    public static void Check(KubernetesOptions options, Action<string, string> add)
    {
        if (LevelOf(options.Security.PodSecurityStandard, "security.podSecurityStandard", add) is not { } level)
        {
            return;
        }

        var levels = new HashSet<PodSecurityLevel> { level };
        CheckPod(options, platform: null, "security.podSecurityContext", level, add);
        foreach (var (name, platform) in options.Platforms)
        {
            if (LevelOf(platform.PodSecurityStandard ?? options.Security.PodSecurityStandard, $"platforms.{name}.podSecurityStandard", add) is { } own)
            {
                levels.Add(own);
                CheckPlatform(options, name, platform, own, level, add);
            }
        }

        // The containers of all platforms have the same context.
        var strictest = levels.Max();
        var clamp = Clamp("security.securityContext", strictest, add);
        clamp.OfContainer(options.Security.SecurityContext, string.Empty);
        CheckRoot(options.Security.SecurityContext?.RunAsUser, "security.securityContext", strictest, add);
    }

    /// <summary>Settings beyond the standard that stay, each with the level it is beyond of.</summary>
    public static IEnumerable<(string Setting, string Level)> FindExceptions(KubernetesOptions options)
    {
        var levels = options.Platforms.Values.Select(platform => platform.PodSecurityStandard).OfType<string>()
            .Append(options.Security.PodSecurityStandard)
            .Select(PodSecurityLevels.Parse);
        var strictest = levels.Max();
        return strictest == PodSecurityLevel.Privileged
            ? []
            :
            from setting in new[]
            {
                (Name: "networking.hostNetwork", IsBeyond: options.Networking.HostNetwork),
                (Name: "storage.workspace", IsBeyond: options.Storage.Workspace.Type == "hostPath"),
                (Name: "storage.toolCache", IsBeyond: options.Storage.ToolCache.Type == "hostPath"),
            }
            where setting.IsBeyond
            select ($"{KubernetesOptions.SectionName}.{setting.Name}", strictest.NameOf());
    }

    private static PodSecurityLevel? LevelOf(string name, string setting, Action<string, string> add)
    {
        if (PodSecurityLevels.Names.Contains(name, StringComparer.Ordinal))
        {
            return PodSecurityLevels.Parse(name);
        }

        add(setting, $"is '{name}', expected one of {string.Join(", ", PodSecurityLevels.Names)}");
        return null;
    }

    // What comes of both contexts is looked at: a platform of a narrower level may mend what the settings say for all.
    private static void CheckPlatform(
        KubernetesOptions options, string name, PlatformOptions platform, PodSecurityLevel level, PodSecurityLevel general, Action<string, string> add)
    {
        if (platform.SecurityContext is not null || level != general)
        {
            CheckPod(options, platform, $"platforms.{name}.securityContext", level, add);
        }
    }

    private static void CheckPod(KubernetesOptions options, PlatformOptions? platform, string setting, PodSecurityLevel level, Action<string, string> add)
    {
        var context = SecurityContexts.Merge(options.Security.PodSecurityContext, platform?.SecurityContext);
        Clamp(setting, level, add).OfPod(context);
        CheckRoot(context.RunAsUser, setting, level, add);
    }

    private static PodSecurityClamp Clamp(string setting, PodSecurityLevel level, Action<string, string> add) => new(level, (_, what) => add(
        setting,
        $"asks for {what}, which the Pod Security Standard '{level.NameOf()}' (podSecurityStandard) does not have: take it out, or choose a wider standard"));

    private static void CheckRoot(long? user, string setting, PodSecurityLevel level, Action<string, string> add)
    {
        if (user == 0 && level == PodSecurityLevel.Restricted)
        {
            add(setting, $"asks for the user 0, which is root, and the Pod Security Standard '{level.NameOf()}' (podSecurityStandard) has none: give another number");
        }
    }
}
