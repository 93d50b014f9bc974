namespace Runner.Kubernetes.Naming;

/// <summary>Names of the containers of a job's pod.</summary>
internal static class ContainerNames
{
    /// <summary>The job's own, in which its worker runs.</summary>
    public const string Job = "job";

    /// <summary>The one that brings worker and payload.</summary>
    public const string Setup = "setup";

    /// <summary>What the containers of actions begin with.</summary>
    public const string ActionPrefix = "action-";

    /// <summary>What stands for all services in a template of pods: no name of a container.</summary>
    public const string AnyService = ServicePrefix + "*";

    // A container's name has at most 63 characters.
    private const int MaxNameLength = 50;
    private const string ServicePrefix = "service-";

    /// <summary>A service's.</summary>
    public static string OfService(string service) => ServicePrefix + PodNames.Slug(service, MaxNameLength);

    /// <summary>Whether a container of the pod is a service.</summary>
    public static bool IsService(string container) => container.StartsWith(ServicePrefix, StringComparison.Ordinal);

    /// <summary>Whether a container of the pod is an action's.</summary>
    public static bool IsAction(string container) => container.StartsWith(ActionPrefix, StringComparison.Ordinal);
}
