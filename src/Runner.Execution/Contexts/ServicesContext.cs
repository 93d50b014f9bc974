using System.Globalization;
using Runner.Expressions;
using Runner.Jobs.Messages;
using Runner.Workflows.Containers;

namespace Runner.Execution.Contexts;

/// <summary><c>job.services</c>: where the steps reach the services of their job.</summary>
internal static class ServicesContext
{
    /// <summary>
    /// Services by name, each with <c>ports</c>: port in the container → port to connect to. That is the same: a job runs beside its services, in their
    /// network, and nothing stands between that could map a port.
    /// </summary>
    /// <exception cref="Runner.Jobs.Errors.WorkflowException">The services of the message are not valid.</exception>
    public static ObjectValue Create(JobMessage message) => new(
        JobContainersEvaluator.Evaluate(message).Services.Select(service => Member(service.Name, new ObjectValue(
        [
            Member("ports", new ObjectValue(service.Container.Ports.DistinctBy(port => port.ContainerPort).Select(port => Port(port.ContainerPort)))),
        ]))));

    private static KeyValuePair<string, Value> Port(int port)
    {
        var text = port.ToString(CultureInfo.InvariantCulture);
        return Member(text, new StringValue(text));
    }

    private static KeyValuePair<string, Value> Member(string name, Value value) => new(name, value);
}
