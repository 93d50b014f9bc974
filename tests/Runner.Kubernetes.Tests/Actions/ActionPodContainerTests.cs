using System.Text;
using k8s;
using Runner.Jobs.Link;
using Runner.Kubernetes.Actions;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Actions;

public sealed class ActionPodContainerTests
{
    [Fact]
    public void Container_names_what_it_gets_and_the_Secret_has_the_values()
    {
        var request = SomeAction.Request(arguments: ["--token", "s3cr3t", "$(HOME) costs $5"]);

        var container = Build(request);

        Golden.Check("container.yaml", KubernetesYaml.Serialize(container.Spec));
        Assert.Equal(
            ["action-1a2b3c4d.0 /github/home", "action-1a2b3c4d.1 s3cr3t", "action-1a2b3c4d.2 --token", "action-1a2b3c4d.3 s3cr3t", "action-1a2b3c4d.4 $(HOME) costs $5"],
            container.Values.Select(value => $"{value.Key} {Encoding.UTF8.GetString(value.Value)}"));
    }

    [Fact]
    public void Restricted_pod_gets_a_restricted_container_with_the_entry_point_that_was_asked_for()
    {
        var options = SomeKubernetes.Options();
        options.Security = new SecurityOptions { PodSecurityStandard = "restricted" };

        Golden.Check("restricted.yaml", KubernetesYaml.Serialize(Build(SomeAction.Request(entrypoint: "/bin/$(x)"), options).Spec));
    }

    [Fact]
    public void Command_line_is_cut_into_words()
    {
        var container = Build(SomeAction.Request() with { CommandLine = "-c 'echo hello there'" });

        Assert.Equal(["$(ACTION_ARGUMENT_1)", "$(ACTION_ARGUMENT_2)"], container.Spec.Args);
        Assert.Contains("echo hello there", container.Values.Values.Select(Encoding.UTF8.GetString));
    }

    [Theory]
    [InlineData("INPUT_A-B.C", true)]
    [InlineData("_", true)]
    [InlineData(".HIDDEN", true)]
    [InlineData("INPUT_A/B", false)]
    [InlineData("INPUT_GRÜSSE", false)]
    [InlineData("1PASSWORD", false)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("A\n", false)]
    public void Variables_that_no_container_of_a_pod_can_have_are_named(string name, bool isPossible)
    {
        var request = SomeAction.Request();

        var container = Build(request with { Environment = request.Environment.Clear().Add(name, "x") });

        Assert.Equal(isPossible ? [] : [name], container.LeftOut);
        Assert.Equal(isPossible ? [name] : [], container.Spec.Env.Select(variable => variable.Name));
    }

    private static ActionPodContainer Build(ContainerRequest request, KubernetesOptions? options = null)
    {
        options ??= SomeKubernetes.Options();
        return ActionPodContainer.Build(
            request, ((ContainerImage)request.Source).Image, SomeAction.RequestId, "act-job-x", options, PodSecurityLevels.Parse(options.Security.PodSecurityStandard));
    }
}
