using System.Collections;
using System.Reflection;
using Runner.Agent.Configuration;
using Runner.Agent.Hosting;

namespace Runner.Agent.Tests.Hosting;

/// <summary>A key of a backend's section that reaches no option would be read, checked and forgotten.</summary>
public sealed class BackendCompositionTests
{
    [Fact]
    public void Every_key_of_the_section_host_reaches_the_backend()
    {
        var section = Filled<HostSectionOptions>();

        AssertReached(section, BackendComposition.OptionsOf(section, "/elsewhere", "/elsewhere/worker"));
    }

    [Fact]
    public void Every_key_of_the_section_docker_reaches_the_backend()
    {
        var section = Filled<DockerSectionOptions>();

        AssertReached(section, BackendComposition.OptionsOf(section, "/elsewhere/worker"));
    }

    [Fact]
    public void What_the_sections_leave_out_is_the_callers()
    {
        var host = BackendComposition.OptionsOf(new HostSectionOptions(), "/jobs", "/bin/worker");
        var docker = BackendComposition.OptionsOf(new DockerSectionOptions(), "/bin/worker");

        Assert.Equal(("/jobs", "/bin/worker", "/bin/worker"), (host.Root, host.WorkerPath, docker.WorkerPath));
    }

    private static TSection Filled<TSection>()
        where TSection : new()
    {
        var section = new TSection();
        foreach (var property in Settable(typeof(TSection)))
        {
            property.SetValue(section, ValueFor(property));
        }

        return section;
    }

    private static object ValueFor(PropertyInfo property) => property.PropertyType switch
    {
        var type when type == typeof(string) => $"/given/{property.Name}",
        var type when type == typeof(bool) => true,
        var type when type == typeof(IList<string>) => new List<string> { property.Name },
        var type when type == typeof(IDictionary<string, string>) => new Dictionary<string, string> { [property.Name] = "image" },
        var other => throw new InvalidOperationException($"{property.Name} is a {other.Name}: say here what it is filled with"),
    };

    private static void AssertReached(object section, object options)
    {
        foreach (var property in Settable(section.GetType()))
        {
            var option = options.GetType().GetProperty(property.Name == "Worker" ? "WorkerPath" : property.Name);
            Assert.True(option is not null, $"no option of the backend has the name of the key {property.Name}");
            Assert.Equal(Flat(property.GetValue(section)), Flat(option.GetValue(options)));
        }
    }

    private static IEnumerable<object?> Flat(object? value) => value is IEnumerable many and not string ? many.Cast<object?>() : [value];

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(property => property.SetMethod is { IsPublic: true });
}
