using System.Text.RegularExpressions;
using k8s.Models;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Spec;

/// <summary>
/// A file of hosts of our own for pods with services whose names Kubernetes does not take (<c>my_db</c>), as GitHub and Docker do. Pure.
/// </summary>
/// <remarks>
/// A pod's <c>hostAliases</c> are names of RFC 1123 only, though <c>/etc/hosts</c> and the libraries that read it know no such rule. So the set-up
/// container copies its own file, which the kubelet wrote, adds the names, and job and services mount the copy: the kubelet then leaves theirs alone.
/// Containers that are added to a pod can mount no part of a volume, so those of container actions have the kubelet's file.
/// </remarks>
internal static partial class PodHosts
{
    /// <summary>Where every container of a pod reaches the others.</summary>
    public const string Address = "127.0.0.1";

    private const string FileName = "hosts";

    /// <summary>Whether a file of hosts can have a name.</summary>
    public static bool CanHold(string name) => Name().IsMatch(name);

    /// <summary>What the set-up container is told.</summary>
    public static IEnumerable<string> SetupArguments(IReadOnlyList<string> names) =>
        names.Count == 0 ? [] : ["--hosts", $"{PodPaths.Runner}/{FileName}", "--names", string.Join(',', names)];

    /// <summary>Gives a container the file.</summary>
    public static void Mount(V1Container container, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            (container.VolumeMounts ??= []).Add(new V1VolumeMount { Name = PodVolumes.Runner, MountPath = "/etc/hosts", SubPath = FileName });
        }
    }

    [GeneratedRegex("^[a-z0-9_]([-a-z0-9_.]*[a-z0-9_])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
