using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class RegistryLoginsTests
{
    private static readonly RegistryCredentials Login = new("me", "s3cr3t");

    [Fact]
    public void Each_image_has_its_own_login_by_its_repository()
    {
        var containers = new JobContainers
        {
            Job = new JobContainer { Image = "registry.example:5000/team/ci:1", Credentials = Login },
            Services =
            [
                new("cache", new JobContainer { Image = "redis:7", Credentials = new RegistryCredentials("other", "pass") }),
                new("again", new JobContainer { Image = "registry.example:5000/team/ci:2", Credentials = Login }),
                new("open", new JobContainer { Image = "nginx" }),
            ],
        };

        var auths = JsonNode.Parse(RegistryLogins.ToDockerConfig(containers))?["auths"]?.AsObject();

        Assert.Equal(["docker.io/library/redis", "registry.example:5000/team/ci"], auths?.Select(auth => auth.Key));
        Assert.Equal("""{"username":"me","password":"s3cr3t","auth":"bWU6czNjcjN0"}""", auths?["registry.example:5000/team/ci"]?.ToJsonString());
    }

    [Fact]
    public void Two_logins_for_one_repository_are_a_mistake_that_names_both()
    {
        var containers = new JobContainers
        {
            Job = new JobContainer { Image = "ghcr.io/team/ci:1", Credentials = Login },
            Services = [new("db", new JobContainer { Image = "ghcr.io/team/ci:2", Credentials = new RegistryCredentials("me", "other") })],
        };

        var error = Assert.Throws<WorkflowException>(() => RegistryLogins.ToDockerConfig(containers));

        Assert.Equal("services.db.credentials: container has others for 'ghcr.io/team/ci', and a pod can have one login for a repository", error.Message);
    }

    [Fact]
    public void Logins_stand_in_the_jobs_Secret_which_the_pod_names_before_those_of_the_settings()
    {
        var options = SomeKubernetes.Options() with { ImagePullSecrets = ["company"] };
        var launch = SomeKubernetes.Launch() with { Containers = new JobContainers { Job = new JobContainer { Image = "ghcr.io/team/ci:1", Credentials = Login } } };

        var pod = new PodSpecBuilder(options).Build(launch, PlacementRules.Place(launch.Labels, launch.Platform, options), ClusterFeatures.Of("v1.33.1"), "agent/1", []);
        var secret = PayloadSecret.Build(launch, Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen), "agent/1", options);

        Assert.Equal([secret.Metadata.Name, "company"], pod.Spec.ImagePullSecrets.Select(reference => reference.Name));
        Assert.Equal("kubernetes.io/dockerconfigjson", secret.Type);
        Assert.Contains("ghcr.io/team/ci", Encoding.UTF8.GetString(secret.Data[".dockerconfigjson"]), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", KubernetesYaml.Serialize(pod), StringComparison.Ordinal);
        Assert.Equal(Login, PayloadSecret.ReadLaunch(secret)?.Containers.Job?.Credentials);
    }

    [Fact]
    public void Job_without_credentials_has_a_Secret_that_no_registry_is_shown()
    {
        var launch = SomeKubernetes.Launch();

        var secret = PayloadSecret.Build(launch, Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen), "agent/1", SomeKubernetes.Options());

        Assert.Equal("Opaque", secret.Type);
        Assert.DoesNotContain(".dockerconfigjson", secret.Data.Keys);
    }
}
