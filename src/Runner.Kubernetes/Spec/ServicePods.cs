using System.Text.RegularExpressions;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Spec;

/// <summary>A job's services as containers of its pod, beside the job's own. Pure.</summary>
/// <remarks>
/// Native sidecars would be started anew when they end, and keep the job's container from starting where one cannot start: on GitHub a service
/// that ended stays so, and steps with <c>always()</c> run without it. They share the pod's network: steps reach them by name
/// (<c>hostAliases</c>) and at <c>localhost</c>. When they are ready: <see cref="ServiceJudge"/>.
/// </remarks>
internal sealed partial class ServicePods(
    KubernetesOptions options, JobLaunch launch, ICollection<V1Volume> volumes, bool isGuaranteed, ICollection<string> warnings)
{
    private const int DockersRetries = 3;

    /// <summary>Key of a service's variable in the job's Secret.</summary>
    public static string SecretKey(int service, int variable) => $"service.{service}.{variable}";

    /// <summary>The variables of all services, as the job's Secret holds them: a pod's spec is read by more people than a Secret.</summary>
    public static IEnumerable<KeyValuePair<string, string>> SecretValues(JobContainers containers) => containers.Services.SelectMany(
        (service, index) => service.Container.Environment.Select((variable, number) => KeyValuePair.Create(SecretKey(index, number), variable.Value)));

    /// <summary>The containers.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">Such services cannot be in one pod.</exception>
    public IReadOnlyList<V1Container> Build(string secretName)
    {
        PodPorts.Check(launch.Containers.Services, warnings);
        return [.. launch.Containers.Services.Select((service, index) => Build(service, index, secretName))];
    }

    /// <summary>The containers of a launch as its worker tells them; <c>null</c>: it asks for none.</summary>
    public static PlacedContainers? Placed(JobLaunch launch, string podName) => launch.Containers.IsEmpty ? null : new PlacedContainers
    {
        Network = podName,
        Job = launch.Containers.Job is { } job ? new PlacedContainer(ContainerNames.Job, job.Image) : null,
        Services = [.. launch.Containers.Services.Select(service => new PlacedService(service.Name, new PlacedContainer(ContainerNames.OfService(service.Name), service.Container.Image))
        {
            Ports = PodPorts.Of(service.Container),
            HasCheck = service.Container.Options.EffectiveHealth?.Command is not null,
        })],
        AwaitsRelease = !launch.Containers.Services.IsEmpty,
    };

    /// <summary>The names by which services are found, as far as the API server takes them.</summary>
    public IList<V1HostAlias>? Aliases() =>
        Names().Where(IsHostName).ToList() is { Count: > 0 } names ? [new V1HostAlias { Ip = PodHosts.Address, Hostnames = names }] : null;

    /// <summary>The names that it does not take (<c>my_db</c>), and a file of hosts does.</summary>
    public IReadOnlyList<string> OtherNames()
    {
        foreach (var name in Names().Where(name => !IsHostName(name) && !PodHosts.CanHold(name)))
        {
            warnings.Add($"services: '{name}' cannot be the name of a host in a pod; the service is reached at localhost");
        }

        return [.. Names().Where(name => !IsHostName(name) && PodHosts.CanHold(name))];
    }

    // Names of hosts have no case.
    private IEnumerable<string> Names() => launch.Containers.Services
        .SelectMany(service => service.Container.Options.Values("--network-alias").Prepend(service.Name))
        .Select(name => name.ToLowerInvariant())
        .Distinct();

    // RFC 1123
    private static bool IsHostName(string name) => HostName().IsMatch(name);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    private V1Container Build(ServiceContainer service, int index, string secretName)
    {
        var job = service.Container;
        var container = new V1Container
        {
            Name = ContainerNames.OfService(service.Name),
            Image = job.Image,
            ImagePullPolicy = options.ImagePullPolicy,
            Env = [.. job.Environment.Select((variable, number) => FromSecret(variable.Key, secretName, SecretKey(index, number)))],
            Ports = [.. job.Ports.Select(port => new V1ContainerPort { ContainerPort = port.ContainerPort, Protocol = port.Protocol.ToUpperInvariant() })],
            StartupProbe = Probe(job.Options.EffectiveHealth),
            SecurityContext = options.Security.SecurityContext,
            Resources = PodResources.OfService(options, isGuaranteed),
        };
        new PodOptionMapping(container, $"services.{service.Name}", launch, options.Storage, volumes, warnings).Apply(job);
        PodResources.Settle(container, isGuaranteed);
        container.Command = job.Entrypoint is { } entrypoint ? [entrypoint] : container.Command;
        container.Args = job.Command.IsEmpty ? null : [.. job.Command];
        return container;
    }

    private static V1EnvVar FromSecret(string name, string secret, string key) => new()
    {
        Name = name,
        ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = secret, Key = key } },
    };

    private static V1Probe? Probe(HealthCheck? health)
    {
        if (health?.Command is not { } command)
        {
            return null;
        }

        // A failure within the start period does not count to Docker; to a probe it is some more that may fail.
        var interval = WholeSeconds(health.Interval ?? HealthCheck.Default);
        var startPeriod = WholeSeconds(health.StartPeriod ?? TimeSpan.Zero);
        return new V1Probe
        {
            Exec = new V1ExecAction { Command = ["sh", "-c", command] },
            PeriodSeconds = Math.Max(1, interval),
            TimeoutSeconds = Math.Max(1, WholeSeconds(health.Timeout ?? HealthCheck.Default)),
            FailureThreshold = (health.Retries ?? DockersRetries) + (startPeriod / Math.Max(1, interval)),

            // What is not healthy is ended by the kubelet, which else would give it the pod's grace: minutes, for the sake of the job.
            TerminationGracePeriodSeconds = 1,
        };
    }

    private static int WholeSeconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
