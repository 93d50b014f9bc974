using Runner.Backends.Docker;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Backends.Tests.Docker;

public sealed class ServicePortsTests
{
    public static TheoryData<string[], string[], string[], string[]> Mappings => new()
    {
        // ports of web       ports of db        localhost                                          warnings
        { ["8080:80"],        [],                ["8080 web:80"],                                   [] },
        { ["80"],             ["80"],            ["80 web:80", "81 db:80"],                         [] },
        { ["81"],             ["81:5432"],       ["81 db:5432", "82 web:81"],                       [] },
        { ["53:53/udp"],      ["5432:5432"],     ["5432 db:5432"],                                  ["services.web.ports: 53:53/udp is not forwarded, only tcp is; reach it at web:53"] },
    };

    [Theory, MemberData(nameof(Mappings))]
    public void Mapped_ports_are_reached_at_localhost(string[] web, string[] db, string[] expected, string[] expectedWarnings)
    {
        var warnings = new List<string>();

        var forwards = ServicePorts.Forwards([Service("web", web), Service("db", db)], warnings);

        Assert.Equal(expected, forwards.Select(forward => $"{forward.Port} {forward.Service}:{forward.ServicePort}"));
        Assert.Equal(expectedWarnings, warnings);
    }

    [Fact]
    public void Two_services_at_one_port_are_a_mistake_that_names_both()
    {
        var error = Assert.Throws<WorkflowException>(() => ServicePorts.Forwards([Service("web", ["80:80"]), Service("db", ["80:5432"])], []));

        Assert.Equal("services.db.ports: port 80 is already that of the service 'web'", error.Message);
    }

    [Fact]
    public void Ports_of_one_service_are_those_it_is_reached_at()
    {
        var forwards = ServicePorts.Forwards([Service("db", ["5433:5432"]), Service("web", ["80"])], []);

        Assert.Equal(["5433:5432/tcp"], ServicePorts.Of("db", forwards).Select(port => port.ToString()));
    }

    private static ServiceContainer Service(string name, string[] ports) => new(name, new JobContainer
    {
        Image = "x",
        Ports = [.. ports.SelectMany(port => PortMapping.Parse(port, $"services.{name}.ports"))],
    });
}
