using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes;

/// <summary>How people get into the container of a job. Pure.</summary>
internal static class PodEntry
{
    /// <summary>The command, up to what is run there.</summary>
    public static string Command(KubernetesOptions options, string podName) =>
        $"kubectl{Flag("kubeconfig", options.Kubeconfig)}{Flag("context", options.Context)} -n {options.Namespace} exec -it {podName} -c {ContainerNames.Job} --";

    private static string Flag(string name, string? value) => value is null ? string.Empty : $" --{name} '{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
