using System.Globalization;
using Runner.Expressions.Values;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;

namespace Runner.Execution.Contexts;

/// <summary><c>job.container</c> and <c>job.services</c> (<c>worker-semantics.md</c> section 3). Pure.</summary>
internal static class ContainersContext
{
    /// <summary>
    /// The two members: <c>container</c> with <c>network</c>, and with <c>id</c> where the workflow names one; <c>services</c> by name, each
    /// with <c>id</c>, <c>network</c> and <c>ports</c>, port in the container → port at <c>localhost</c>.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, Value>> Members(PlacedContainers containers) =>
    [
        Member("container", new ObjectValue(
        [
            .. containers.Job is { } job ? [Text("id", job.Id)] : Array.Empty<KeyValuePair<string, Value>>(),
            Text("network", containers.Network),
        ])),
        Member("services", new ObjectValue(containers.Services.Select(service => Member(service.Name, Service(service, containers.Network))))),
    ];

    private static ObjectValue Service(PlacedService service, string network) => new(
    [
        Text("id", service.Container.Id),
        Text("network", network),
        Member("ports", new ObjectValue(service.Ports.DistinctBy(port => port.ContainerPort).Select(Port))),
    ]);

    private static KeyValuePair<string, Value> Port(PortMapping port) => Text(Number(port.ContainerPort), Number(port.ReachedAt));

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static KeyValuePair<string, Value> Text(string name, string value) => Member(name, new StringValue(value));

    private static KeyValuePair<string, Value> Member(string name, Value value) => new(name, value);
}
