using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Spec;

/// <summary>Makes pods that wait for a job, and tells by their shape which jobs fit. Pure but for the pods' names.</summary>
/// <remarks>
/// Such a pod is that of a job without a payload: it has neither Secret nor registration, its worker waits to be given a job by one exec. It has what any
/// step may need (Node.js, folders for container actions), so a job fits whose placement is the same and that brings no container of its own.
/// </remarks>
internal sealed class WarmPodBuilder(KubernetesOptions options)
{
    /// <summary>How long a worker waits before it ends by itself, so that no pod waits for an agent that does not come back.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromHours(12);

    private const int ShapeLength = 16;

    // Jobs of a run are kept apart by their run, which nobody knows yet.
    private readonly PodSpecBuilder _builder = new(options with { Spread = false });

    /// <summary>Whether a job can run in such a pod, if it has the right shape: containers cannot be exchanged or added.</summary>
    public static bool CanHold(JobLaunch launch) => launch.Containers.IsEmpty && launch.KeepAs is null;

    /// <summary>A pod that waits.</summary>
    /// <param name="pool">Whose jobs may have it.</param>
    /// <param name="placement">Where and as what it runs.</param>
    /// <param name="features">What the cluster can do.</param>
    /// <param name="owner">The agent that keeps it.</param>
    public V1Pod Build(string pool, PodPlacement placement, ClusterFeatures features, string owner)
    {
        var sample = SampleLaunches.Of(pool, hasActions: true);
        var pod = _builder.Build(sample, placement, features, owner, warnings: []);
        pod.Spec.ActiveDeadlineSeconds = (long)(WaitLimit + options.MaxJobTime).TotalSeconds;
        pod.Spec.Volumes = [.. pod.Spec.Volumes.Where(volume => volume.Name != PodVolumes.Secret)];
        foreach (var container in pod.Spec.InitContainers.Where(container => container.Name == ContainerNames.Setup))
        {
            container.VolumeMounts = [.. container.VolumeMounts.Where(mount => mount.Name != PodVolumes.Secret)];
            container.Command = [.. WithoutPayload(container.Command)];
        }

        foreach (var container in pod.Spec.Containers.Where(container => container.Name == ContainerNames.Job))
        {
            container.Command = [PodPaths.Worker, "wait", "--for", WaitLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)];
        }

        // What is left are the operator's, of the platform and its template.
        var labels = Without(pod.Metadata.Labels, PodLabels.LabelsOf(sample, options.InstanceInUse).Keys);
        var annotations = Without(pod.Metadata.Annotations, PodLabels.AnnotationsOf(sample, owner).Keys.Concat(PodLabels.Unmovable.Keys.Except(placement.Annotations.Keys)));
        foreach (var (key, value) in PodLabels.LabelsOfWarm(pool, ShapeOf(pod.Spec, labels.Concat(annotations)), options.InstanceInUse))
        {
            labels[key] = value;
        }

        annotations[PodLabels.Owner] = owner;
        annotations[PodLabels.PoolName] = pool;
        annotations.TryAdd(PodLabels.SafeToEvict, "true");
        pod.Metadata = new V1ObjectMeta { Name = PodNames.OfWarm(pool), NamespaceProperty = options.Namespace, Labels = labels, Annotations = annotations };
        return pod;
    }

    /// <summary>The shape of such a pod: those of one shape are interchangeable.</summary>
    public string ShapeOf(string pool, PodPlacement placement, ClusterFeatures features) =>
        Build(pool, placement, features, owner: string.Empty).Metadata.Labels[PodLabels.Warm];

    private static string ShapeOf(V1PodSpec spec, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var text = string.Join('\n', metadata.Select(pair => $"{pair.Key}={pair.Value}").Prepend(KubernetesJson.Serialize(spec)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..ShapeLength];
    }

    private static SortedDictionary<string, string> Without(IDictionary<string, string> pairs, IEnumerable<string> keys) =>
        new(pairs.ExceptBy(keys, pair => pair.Key).ToDictionary(), StringComparer.Ordinal);

    private static IEnumerable<string> WithoutPayload(IList<string> command)
    {
        for (var i = 0; i < command.Count; i++)
        {
            if (command[i] is "--from" or "--to")
            {
                i++; // its value
                continue;
            }

            yield return command[i];
        }
    }
}
