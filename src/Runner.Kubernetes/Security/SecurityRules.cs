using k8s;
using k8s.Models;
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

        foreach (var template in TemplatesOf(options))
        {
            CheckTemplate(template, add);
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
        var own = strictest == PodSecurityLevel.Privileged
            ? []
            :
            from setting in new[]
            {
                (Name: "networking.hostNetwork", IsBeyond: options.Networking.HostNetwork),
                (Name: "storage.workspace", IsBeyond: options.Storage.Workspace.Type == "hostPath"),
                (Name: "storage.toolCache", IsBeyond: options.Storage.ToolCache.Type == "hostPath"),
            }
            where setting.IsBeyond
            select (setting.Name, strictest.NameOf());
        return own.Concat(TemplatesOf(options).SelectMany(FindExceptions)).Select(found => ($"{KubernetesOptions.SectionName}.{found.Item1}", found.Item2));
    }

    private static IEnumerable<(string Setting, string Level)> FindExceptions(WrittenTemplate written)
    {
        var clamp = new PodSecurityClamp(written.Level, static (_, _) => { });
        var volumes = (written.Template.Spec?.Volumes ?? []).Select((volume, index) => (Name: $"volumes[{index}]", IsBeyond: !clamp.Allows(volume)));
        return volumes.Append((Name: "hostNetwork", IsBeyond: written.Template.Spec?.HostNetwork == true && written.Level > PodSecurityLevel.Privileged))
            .Where(part => part.IsBeyond)
            .Select(part => ($"{written.Setting}.spec.{part.Name}", written.Level.NameOf()));
    }

    // That of all pods counts in those of the narrowest level, too.
    private static IEnumerable<WrittenTemplate> TemplatesOf(KubernetesOptions options)
    {
        var levels = options.Platforms.Values.Select(platform => platform.PodSecurityStandard).Append(options.Security.PodSecurityStandard).OfType<string>();
        if (options.PodTemplate is { } all)
        {
            yield return new WrittenTemplate("podTemplate", all, levels.Select(PodSecurityLevels.Parse).Max());
        }

        foreach (var (name, platform) in options.Platforms.Where(platform => platform.Value.PodTemplate is not null))
        {
            var level = PodSecurityLevels.Parse(platform.PodSecurityStandard ?? options.Security.PodSecurityStandard);
            yield return new WrittenTemplate($"platforms.{name}.podTemplate", platform.PodTemplate!, level); // not null: asked for
        }
    }

    // Its volumes and the node's network stay as they are, and are told as exceptions.
    private static void CheckTemplate(WrittenTemplate written, Action<string, string> add)
    {
        var spec = KubernetesJson.Deserialize<V1PodSpec>(KubernetesJson.Serialize(written.Template.Spec ?? new V1PodSpec()));
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Annotations = written.Template.Metadata?.Annotations }, Spec = spec };
        var clamp = new PodSecurityClamp(written.Level, (container, what) => add(written.PlaceOf(container), Beyond(what, written.Level)));
        if (clamp.FindRoot(pod) is { } root)
        {
            add(written.PlaceOf(root), Root(written.Level));
        }

        clamp.Apply(pod, (spec.Volumes ?? []).Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal));
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

    private static PodSecurityClamp Clamp(string setting, PodSecurityLevel level, Action<string, string> add) =>
        new(level, (_, what) => add(setting, Beyond(what, level)));

    private static void CheckRoot(long? user, string setting, PodSecurityLevel level, Action<string, string> add)
    {
        if (user == 0 && level == PodSecurityLevel.Restricted)
        {
            add(setting, Root(level));
        }
    }

    private static string Beyond(string what, PodSecurityLevel level) =>
        $"asks for {what}, which the Pod Security Standard '{level.NameOf()}' (podSecurityStandard) does not have: take it out, or choose a wider standard";

    private static string Root(PodSecurityLevel level) =>
        $"asks for the user 0, which is root, and the Pod Security Standard '{level.NameOf()}' (podSecurityStandard) has none: give another number";

    // A template as the settings have it, with the level that it must keep to.
    private sealed record WrittenTemplate(string Setting, V1PodTemplateSpec Template, PodSecurityLevel Level)
    {
        public string PlaceOf(string container)
        {
            foreach (var (name, list) in new[] { ("initContainers", Template.Spec?.InitContainers), ("containers", Template.Spec?.Containers) })
            {
                if (list?.Index().FirstOrDefault(entry => entry.Item.Name == container) is { Item: not null } found)
                {
                    return $"{Setting}.spec.{name}[{found.Index}]";
                }
            }

            return $"{Setting}.spec";
        }
    }
}
