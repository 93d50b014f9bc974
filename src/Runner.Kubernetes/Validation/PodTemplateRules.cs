using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Templates;

namespace Runner.Kubernetes.Validation;

/// <summary>
/// What a template of pods may say: nothing that is made for each job and would go before it without a word, and nothing by which a job's secrets could be
/// seen. Pure.
/// </summary>
internal static class PodTemplateRules
{
    private const string Workers = "is the worker's: it starts the job";
    private const string PlatformsImage = "is said by platforms.….image, kubernetes.defaultImage and the workflow";

    private static readonly Dictionary<string, string> OfSpec = new(StringComparer.Ordinal)
    {
        ["activeDeadlineSeconds"] = "is kubernetes.maxJobTime",
        ["automountServiceAccountToken"] = "is always false: no pod of a job has a token for the cluster. A container of yours can mount one as a projected volume",
        ["enableServiceLinks"] = "is always false",
        ["ephemeralContainers"] = "cannot be made with a pod",
        ["restartPolicy"] = "is always Never: a job runs once",
        ["terminationGracePeriodSeconds"] = "is kubernetes.terminationGrace",
    };

    private static readonly Dictionary<string, string> OfJob = new(StringComparer.Ordinal)
    {
        ["image"] = PlatformsImage,
        ["imagePullPolicy"] = "is kubernetes.imagePullPolicy",
        ["command"] = Workers,
        ["args"] = Workers,
        ["workingDir"] = "is the job's workspace",
        ["terminationMessagePath"] = Workers,
        ["terminationMessagePolicy"] = Workers,
        ["restartPolicy"] = "is the pod's, always Never",
        ["resources"] = "is said by labels, platforms.….resources and kubernetes.defaultResources",
    };

    private static readonly Dictionary<string, string> OfSetup = new(OfJob)
    {
        ["image"] = "is kubernetes.runnerImage",
        ["resources"] = "is kubernetes.setupResources",
    };

    private static readonly Dictionary<string, string> OfService = new(StringComparer.Ordinal)
    {
        ["image"] = "is said by the workflow",
        ["imagePullPolicy"] = "is kubernetes.imagePullPolicy",
        ["command"] = "is said by the workflow",
        ["args"] = "is said by the workflow",
        ["startupProbe"] = "is made of the service's --health-… options",
        ["restartPolicy"] = "is the pod's, always Never",
        ["resources"] = "is said by the service's options and kubernetes.serviceResources",
    };

    /// <summary>What is wrong, each with the setting's path below the section.</summary>
    public static IEnumerable<(string Name, string Problem)> Check(KubernetesOptions options) => Check("podTemplate", options.PodTemplate, under: null)
        .Concat(options.Platforms.SelectMany(platform => Check($"platforms.{platform.Key}.podTemplate", platform.Value.PodTemplate, options.PodTemplate)));

    private static IEnumerable<(string Name, string Problem)> Check(string setting, V1PodTemplateSpec? template, V1PodTemplateSpec? under)
    {
        if (template is null)
        {
            return [];
        }

        var spec = template.Spec ?? new V1PodSpec();
        string[] volumes = [.. (spec.Volumes ?? []).Concat(under?.Spec?.Volumes ?? []).Select(volume => volume.Name)];
        return
        [
            .. Metadata($"{setting}.metadata", template.Metadata),
            .. Refused($"{setting}.spec", spec, OfSpec),
            .. Volumes($"{setting}.spec.volumes", spec.Volumes ?? []),
            .. Containers($"{setting}.spec.initContainers", spec.InitContainers ?? [], volumes, isInit: true),
            .. Containers($"{setting}.spec.containers", spec.Containers ?? [], volumes, isInit: false),
        ];
    }

    private static IEnumerable<(string Name, string Problem)> Metadata(string setting, V1ObjectMeta? metadata)
    {
        var keys = from map in new[] { ("labels", metadata?.Labels), ("annotations", metadata?.Annotations) }
                   from entry in map.Item2 ?? new Dictionary<string, string>()
                   select (Map: map.Item1, entry.Key, entry.Value);
        return from entry in keys
               let problem = entry.Key.StartsWith(PodLabels.Domain, StringComparison.Ordinal) || entry.Key is PodLabels.ManagedBy or PodLabels.Instance
                   ? "is the agent's own, by which it finds its pods"
                   : !LabelRules.IsKey(entry.Key) ? $"is no Kubernetes label key ({LabelRules.KeyRule})"
                   : entry.Map == "labels" && !LabelRules.IsValue(entry.Value) ? $"is '{entry.Value}', which is no Kubernetes label value ({LabelRules.ValueRule})"
                   : null
               where problem is not null
               select ($"{setting}.{entry.Map}.{entry.Key}", problem);
    }

    private static IEnumerable<(string Name, string Problem)> Volumes(string setting, IList<V1Volume> volumes) => volumes.Index()
        .Where(volume => PodVolumes.IsOurs(volume.Item.Name))
        .Select(volume => ($"{setting}[{volume.Index}].name", $"is '{volume.Item.Name}', a volume that the pods of jobs have already; give another name, or say it in kubernetes.storage"));

    private static IEnumerable<(string Name, string Problem)> Containers(string setting, IList<V1Container> containers, string[] volumes, bool isInit)
    {
        var twice = containers.GroupBy(container => container.Name).Where(group => group.Count() > 1).Select(group => (setting, $"names '{group.Key}' twice"));
        return twice.Concat(containers.Index().SelectMany(entry => Container($"{setting}[{entry.Index}]", entry.Item, volumes, isInit)));
    }

    private static IEnumerable<(string Name, string Problem)> Container(string setting, V1Container container, string[] volumes, bool isInit)
    {
        var isOurs = PodTemplates.IsOurs(container.Name);
        if (isOurs && isInit != (container.Name == ContainerNames.Setup))
        {
            return [($"{setting}.name", $"is '{container.Name}', which belongs to {(isInit ? "containers" : "initContainers")}")];
        }

        if (ContainerNames.IsAction(container.Name))
        {
            return [($"{setting}.name", $"is '{container.Name}', but names with '{ContainerNames.ActionPrefix}' are those of container actions")];
        }

        var own = isOurs
            ? Refused(setting, container, container.Name switch { ContainerNames.Job => OfJob, ContainerNames.Setup => OfSetup, _ => OfService })
            : string.IsNullOrEmpty(container.Image)
                ? [($"{setting}.image", $"is not set, which a container of your own needs (those of the pod are called {ContainerNames.Job}, {ContainerNames.Setup} and {ContainerNames.AnyService})")]
                : [];
        return own.Concat(
            from mount in (container.VolumeMounts ?? []).Index()
            let problem = Mount(mount.Item, container.Name, volumes)
            where problem is not null
            select ($"{setting}.volumeMounts[{mount.Index}].{problem.Value.Key}", problem.Value.Problem));
    }

    // What the worker needs is its own: where it stands in the job's container, and what is in it for everybody else.
    private static (string Key, string Problem)? Mount(V1VolumeMount mount, string container, string[] volumes) =>
        PodVolumes.IsOurs(mount.Name) && !PodVolumes.MayBeShared(mount.Name) ? ("name", $"is '{mount.Name}', which only the job's own container may see")
        : !PodVolumes.MayBeShared(mount.Name) && !volumes.Contains(mount.Name, StringComparer.Ordinal)
            ? ("name", $"is '{mount.Name}', which is no volume of the template{NearestName.Hint(mount.Name, volumes)}")
        : container is ContainerNames.Job or ContainerNames.Setup && PodVolumes.IsPlaceOfOurs(mount.MountPath)
            ? ("mountPath", $"is '{mount.MountPath}', which the pods of jobs have already")
        : null;

    private static IEnumerable<(string Name, string Problem)> Refused(string setting, object piece, Dictionary<string, string> reasons) => Json(piece)
        .Where(entry => reasons.ContainsKey(entry.Key) && !IsOnlyClaims(entry.Key, entry.Value))
        .Select(entry => ($"{setting}.{entry.Key}", reasons[entry.Key]));

    // Claims of devices are said here alone.
    private static bool IsOnlyClaims(string key, JsonNode? value) => key == "resources" && value is JsonObject resources && resources.All(part => part.Key == "claims");

    private static JsonObject Json(object piece) => JsonNode.Parse(KubernetesJson.Serialize(piece))?.AsObject() ?? [];
}
