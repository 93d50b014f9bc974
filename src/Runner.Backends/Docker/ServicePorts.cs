using System.Collections.Immutable;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;

namespace Runner.Backends.Docker;

/// <summary>
/// Where steps reach the mapped ports of a job's services at <c>localhost</c>, as on GitHub's machines: the worker forwards them to the
/// services, so that nothing is published on the engine's machine and jobs beside each other may map the same. Pure.
/// </summary>
internal static class ServicePorts
{
    private const string Tcp = "tcp";

    /// <summary>The ports to forward. A mapping that leaves the port open gets the container's own, or the next that is free.</summary>
    /// <param name="services">The services.</param>
    /// <param name="warnings">Takes what cannot be forwarded.</param>
    /// <exception cref="WorkflowException">Two services are mapped to one port.</exception>
    public static ImmutableArray<PortForward> Forwards(ImmutableArray<ServiceContainer> services, ICollection<string> warnings)
    {
        var forwards = new Dictionary<int, PortForward>();
        foreach (var (service, port) in Mappings(services).OrderBy(mapping => mapping.Port.HostPort is null))
        {
            if (port.Protocol != Tcp)
            {
                warnings.Add($"services.{service}.ports: {port} is not forwarded, only tcp is; reach it at {service}:{port.ContainerPort}");
                continue;
            }

            var wanted = port.HostPort ?? Enumerable.Range(port.ContainerPort, ushort.MaxValue).First(free => !forwards.ContainsKey(free));
            if (!forwards.TryAdd(wanted, new PortForward(wanted, service, port.ContainerPort)))
            {
                throw new WorkflowException($"services.{service}.ports: port {wanted} is already that of the service '{forwards[wanted].Service}'");
            }
        }

        return [.. forwards.Values];
    }

    /// <summary>Where the ports of one service are reached.</summary>
    public static ImmutableArray<PortMapping> Of(string service, ImmutableArray<PortForward> forwards) =>
        [.. forwards.Where(forward => forward.Service == service).Select(forward => new PortMapping(forward.ServicePort, forward.Port, Tcp))];

    private static IEnumerable<(string Service, PortMapping Port)> Mappings(ImmutableArray<ServiceContainer> services) =>
        services.SelectMany(service => service.Container.Ports.Select(port => (service.Name, port)));
}
