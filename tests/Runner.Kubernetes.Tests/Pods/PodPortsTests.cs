using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodPortsTests
{
    public static TheoryData<string[], string[], string[], string[], string[]> Mappings => new()
    {
        // ports of web       ports of db        forwarded                reached at                                warnings
        { ["80"],             ["5432:5432"],     [],                      ["80:80/tcp", "5432:5432/tcp"],           [] },
        { ["8080:80"],        ["5433:5432"],     ["8080:80", "5433:5432"], ["8080:80/tcp", "5433:5432/tcp"],        [] },
        { ["5353:53/udp"],    [],                [],                      ["53:53/udp"],                            ["services.web.ports: 5353:53/udp is not forwarded in a pod, only tcp is; reach it at localhost:53"] },
        { ["53/tcp"],         ["53/udp"],        [],                      ["53:53/tcp", "53:53/udp"],               [] },
    };

    [Theory, MemberData(nameof(Mappings))]
    public void Port_that_is_mapped_to_another_one_is_forwarded(string[] web, string[] db, string[] forwarded, string[] reached, string[] expected)
    {
        ServiceContainer[] services = [Service("web", web), Service("db", db)];
        var warnings = new List<string>();

        PodPorts.Check([.. services], warnings);

        Assert.Equal(forwarded, PodPorts.Forwards([.. services]).Select(forward => $"{forward.Port}:{forward.ServicePort}"));
        Assert.All(PodPorts.Forwards([.. services]), forward => Assert.Equal("localhost", forward.Host));
        Assert.Equal(reached, services.SelectMany(service => PodPorts.Of(service.Container)).Select(port => port.ToString()));
        Assert.Equal(expected, warnings);
    }

    public static TheoryData<string[], string[], string> Clashes => new()
    {
        // ports of web       ports of db        message
        { ["80"],             ["80"],            "services: 'web' and 'db' both listen on port 80; services of a job share their pod's network, so let one of them listen elsewhere" },
        { ["5432:80"],        ["5432"],          "services: 'web' is mapped to port 5432, on which 'db' listens; services of a job share their pod's network, so map it to another port" },
        { ["9000:80"],        ["9000:5432"],     "services: 'web' and 'db' are both mapped to port 9000" },
    };

    [Theory, MemberData(nameof(Clashes))]
    public void Port_that_would_be_taken_twice_is_refused_with_both_names(string[] web, string[] db, string message)
    {
        var error = Assert.Throws<WorkflowException>(() => PodPorts.Check([Service("web", web), Service("db", db)], []));

        Assert.Equal(message, error.Message);
    }

    private static ServiceContainer Service(string name, string[] ports) =>
        new(name, new JobContainer { Image = "x", Ports = [.. ports.SelectMany(port => PortMapping.Parse(port, $"services.{name}.ports"))] });
}
