using System.Collections.Immutable;
using System.Globalization;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Kubernetes.Spec;

/// <summary>
/// Where steps reach the ports of a job's services in its pod. All containers of a pod share <c>localhost</c>, so a port is reached as it is, and
/// only one that is mapped to another has to be forwarded, by the worker. Pure.
/// </summary>
internal static class PodPorts
{
    private const string Tcp = "tcp";
    private const string Localhost = "localhost";

    /// <summary>Refuses ports that would be taken twice, and warns of what is not forwarded.</summary>
    /// <exception cref="WorkflowException">Two services cannot be beside each other; it names both.</exception>
    public static void Check(ImmutableArray<ServiceContainer> services, ICollection<string> warnings)
    {
        var listeners = new Dictionary<(int Port, string Protocol), string>();
        foreach (var (service, port) in Ports(services))
        {
            if (listeners.TryGetValue((port.ContainerPort, port.Protocol), out var other) && other != service)
            {
                throw new WorkflowException(
                    $"services: '{other}' and '{service}' both listen on port {port.ContainerPort}; services of a job share their pod's network, so let one of them listen elsewhere");
            }

            listeners[(port.ContainerPort, port.Protocol)] = service;
        }

        var mapped = new Dictionary<int, string>();
        foreach (var (service, port) in Ports(services).Where(mapping => mapping.Port.ReachedAt != mapping.Port.ContainerPort).Distinct())
        {
            CheckMapping(service, port, listeners, mapped, warnings);
        }
    }

    /// <summary>The ports to forward.</summary>
    public static ImmutableArray<PortForward> Forwards(ImmutableArray<ServiceContainer> services) =>
    [
        .. from mapping in Ports(services)
           where IsForwarded(mapping.Port)
           select new PortForward(mapping.Port.ReachedAt, mapping.Service, mapping.Port.ContainerPort) { Host = Localhost },
    ];

    /// <summary>Where the ports of one service are reached.</summary>
    public static ImmutableArray<PortMapping> Of(JobContainer service) =>
        [.. service.Ports.Select(port => IsForwarded(port) ? port : port with { HostPort = port.ContainerPort })];

    private static void CheckMapping(
        string service, PortMapping port, Dictionary<(int Port, string Protocol), string> listeners, Dictionary<int, string> mapped, ICollection<string> warnings)
    {
        if (!IsForwarded(port))
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture, $"services.{service}.ports: {port} is not forwarded in a pod, only tcp is; reach it at localhost:{port.ContainerPort}"));
        }
        else if (listeners.TryGetValue((port.ReachedAt, Tcp), out var listener))
        {
            throw new WorkflowException(
                $"services: '{service}' is mapped to port {port.ReachedAt}, on which '{listener}' listens; services of a job share their pod's network, so map it to another port");
        }
        else if (!mapped.TryAdd(port.ReachedAt, service))
        {
            throw new WorkflowException($"services: '{mapped[port.ReachedAt]}' and '{service}' are both mapped to port {port.ReachedAt}");
        }
    }

    private static bool IsForwarded(PortMapping port) => port.Protocol == Tcp && port.ReachedAt != port.ContainerPort;

    private static IEnumerable<(string Service, PortMapping Port)> Ports(ImmutableArray<ServiceContainer> services) =>
        services.SelectMany(service => service.Container.Ports.Select(port => (service.Name, port)));
}
