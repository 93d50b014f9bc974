using k8s.Models;
using Runner.Backends;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;

namespace Runner.Kubernetes.Spec;

/// <summary>How the Node.js of JavaScript actions, which the runner image holds in <c>/externals</c>, gets into a job's pod. Pure.</summary>
/// <remarks>
/// It has 110 MB, so a job that cannot need it goes without. Its place is the same everywhere: the program has the path of its loader in it
/// (<c>scripts/externals.sh</c>). What is kept on the tool cache for all jobs, every job sees through a mount of its own that is read-only, also one
/// that does not need it: else it could change what the next one runs. Only the set-up container writes there.
/// (<c>scripts/externals.sh</c>). An image volume is mounted whole and a link leads into it: what mounts a part of it (<c>subPath</c>) is the node's
/// runtime, and those that cannot, such as containerd before 2.2, mount the whole without a word.
/// </remarks>
internal sealed class PodExternals
{
    private const string VolumeName = "externals";

    private readonly KubernetesOptions _options;
    private readonly string? _way;

    private PodExternals(KubernetesOptions options, string? way)
    {
        _options = options;
        _way = way;
    }

    /// <summary>Decides for one job.</summary>
    public static PodExternals For(KubernetesOptions options, JobLaunch launch, PodPlacement placement, ClusterFeatures features, ICollection<string> warnings)
    {
        if (!launch.MayNeedNode && !PodHooks.NeedNode(PodHooks.Environment(options.Hooks, placement)))
        {
            return new PodExternals(options, way: null);
        }

        if (options.Externals == ExternalsWay.Image && !features.HasImageVolumes)
        {
            warnings.Add($"kubernetes.externals: the cluster's version is {features.Version}; image volumes need Kubernetes 1.33, so Node.js is copied");
            return new PodExternals(options, ExternalsWay.Copy);
        }

        return new PodExternals(options, options.Externals);
    }

    /// <summary>What the set-up container is told beside its other arguments.</summary>
    public IEnumerable<string> SetupArguments() => _way switch
    {
        ExternalsWay.Copy => ["--externals", PodPaths.Externals],
        ExternalsWay.ToolCache => ["--externals", PodPaths.Externals, "--keep", PodPaths.KeptExternals],
        ExternalsWay.Image => ["--externals", PodPaths.Externals, "--link", PodPaths.ImageExternals],
        _ when IsKept => ["--keep", PodPaths.KeptExternals],
        _ => [],
    };

    /// <summary>Further volumes of the pod.</summary>
    public IEnumerable<V1Volume> Volumes() => _way == ExternalsWay.Image
        ?
        [
            new V1Volume
            {
                Name = VolumeName,
                Image = new V1ImageVolumeSource { Reference = _options.RunnerImage, PullPolicy = _options.ImagePullPolicy },
            },
        ]
        : [];

    /// <summary>Further folders of the job container.</summary>
    public IEnumerable<V1VolumeMount> JobMounts()
    {
        if (_way == ExternalsWay.Image)
        {
            yield return new V1VolumeMount { Name = VolumeName, MountPath = PodPaths.RunnerImage, ReadOnlyProperty = true };
        }

        if (IsKept)
        {
            yield return new V1VolumeMount
            {
                Name = PodVolumes.ToolCache,
                MountPath = PodPaths.KeptExternals,
                SubPath = PodPaths.KeptExternalsFolder,
                ReadOnlyProperty = true,
            };
        }
    }

    private bool IsKept => _options.Externals == ExternalsWay.ToolCache;
}
