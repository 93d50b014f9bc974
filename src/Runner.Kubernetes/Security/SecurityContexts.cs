using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Security;

/// <summary>What the operator's settings say of a pod's rights. Pure.</summary>
internal static class SecurityContexts
{
    private const string OnlyWhereNeeded = "OnRootMismatch";

    // Any group does, as all containers of the pod get it; this one is the runner image's own.
    private const long AnyGroup = 1654;

    /// <summary>
    /// The security context of a pod: the platform's over that of the settings, over that of the template, field by field, and what none says by default.
    /// </summary>
    public static V1PodSecurityContext OfPod(KubernetesOptions options, PodPlacement placement)
    {
        var context = Merge(Merge(placement.PodTemplate?.Spec?.SecurityContext, options.Security.PodSecurityContext), placement.SecurityContext);
        var fsGroup = context.FsGroup is null && NeedsGroup(options, placement, context);
        return context with
        {
            SeccompProfile = context.SeccompProfile ?? new V1SeccompProfile { Type = "RuntimeDefault" },
            FsGroup = fsGroup ? NotRoot(context.RunAsGroup) ?? NotRoot(context.RunAsUser) ?? AnyGroup : context.FsGroup,
            FsGroupChangePolicy = fsGroup ? context.FsGroupChangePolicy ?? OnlyWhereNeeded : context.FsGroupChangePolicy,
        };
    }

    /// <summary>One context over another, field by field.</summary>
    public static V1PodSecurityContext Merge(V1PodSecurityContext? under, V1PodSecurityContext? over)
    {
        if (under is null || over is null)
        {
            return over ?? under ?? new V1PodSecurityContext();
        }

        var merged = Fields(under);
        foreach (var (name, value) in Fields(over))
        {
            merged[name] = value?.DeepClone();
        }

        return KubernetesJson.Deserialize<V1PodSecurityContext>(merged.ToJsonString());
    }

    // The root folder of a claim is root's as a rule: a user without a group of its own could not write to it.
    private static bool NeedsGroup(KubernetesOptions options, PodPlacement placement, V1PodSecurityContext context) =>
        placement.PodSecurityLevel == PodSecurityLevel.Restricted
        || (NotRoot(context.RunAsUser) is not null && (IsClaim(options.Storage.Workspace) || IsClaim(options.Storage.ToolCache)));

    private static bool IsClaim(VolumeOptions volume) => volume.Type is "pvc" or "ephemeral";

    private static long? NotRoot(long? id) => id is 0 ? null : id;

    private static JsonObject Fields(V1PodSecurityContext context) => JsonNode.Parse(KubernetesJson.Serialize(context))?.AsObject() ?? [];
}
