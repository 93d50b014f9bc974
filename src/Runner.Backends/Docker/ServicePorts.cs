using System.Collections.Immutable;
using System.Globalization;
using Runner.Jobs.Containers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

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

    /// <summary>The job with <c>job.container</c> and <c>job.services</c> in its contexts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="container">Id of its container.</param>
    /// <param name="network">Its network; <c>null</c>: it has none of its own.</param>
    /// <param name="services">Ids of its services' containers, by name.</param>
    /// <param name="forwards">What is forwarded.</param>
    public static JobMessage WithContext(
        JobMessage job, string container, string? network, IEnumerable<KeyValuePair<string, string>> services, ImmutableArray<PortForward> forwards)
    {
        var present = job.ContextData.GetValueOrDefault("job") as DictionaryData ?? DictionaryData.Empty;
        var members = present
            .With("container", Place(container, network))
            .With("services", new DictionaryData([.. services.Select(service => KeyValuePair.Create<string, ContextData>(
                service.Key, Place(service.Value, network).With("ports", Ports(service.Key, forwards))))]));
        return job with { ContextData = new Dictionary<string, ContextData>(job.ContextData) { ["job"] = members } };
    }

    private static IEnumerable<(string Service, PortMapping Port)> Mappings(ImmutableArray<ServiceContainer> services) =>
        services.SelectMany(service => service.Container.Ports.Select(port => (service.Name, port)));

    private static DictionaryData Place(string id, string? network) =>
        DictionaryData.FromStrings([KeyValuePair.Create("id", id), .. network is null ? [] : new[] { KeyValuePair.Create("network", network) }]);

    private static DictionaryData Ports(string service, ImmutableArray<PortForward> forwards) => DictionaryData.FromStrings(forwards
        .Where(forward => forward.Service == service)
        .Select(forward => KeyValuePair.Create(Text(forward.ServicePort), Text(forward.Port))));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
