using k8s;
using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Pods;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodSpecBuilderTests
{
    [Fact]
    public void Plain_job() => Check("plain.yaml", Build(SomeKubernetes.Options()));

    [Fact]
    public void Job_with_everything_a_platform_can_say()
    {
        var options = SomeKubernetes.Options() with
        {
            ImagePullSecrets = ["registry-login"],
            ServiceAccount = "ci-jobs",
            Spread = true,
            StorageClass = "fast",
            TerminationGrace = TimeSpan.FromMinutes(2),
            Storage = new StorageOptions
            {
                Workspace = new VolumeOptions { Type = "ephemeral", Size = "20Gi" },
                ToolCache = new VolumeOptions { Type = "pvc", ClaimName = "tools" },
            },
            Networking = new NetworkingOptions { DnsPolicy = "None", DnsConfig = new V1PodDNSConfig { Nameservers = ["10.0.0.53"] } },
            Platforms = new Dictionary<string, PlatformOptions>
            {
                ["gpu-large"] = new()
                {
                    Image = "registry.example/cuda:12",
                    NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" },
                    Tolerations = [new V1Toleration { Key = "dedicated", OperatorProperty = "Equal", Value = "ci", Effect = "NoSchedule" }],
                    RuntimeClass = "nvidia",
                    Priority = "ci-high",
                    SecurityContext = new V1PodSecurityContext { FsGroup = 1001 },
                    Labels = new Dictionary<string, string> { ["team"] = "ml" },
                    Annotations = new Dictionary<string, string> { ["example.com/cost-centre"] = "42" },
                    Resources = new ResourceOptions
                    {
                        Requests = new Dictionary<string, string> { ["cpu"] = "2", ["memory"] = "4Gi" },
                        Limits = new Dictionary<string, string> { ["memory"] = "8Gi" },
                    },
                },
            },
        };

        Check("platform.yaml", Build(options, labels: ["gpu-large", "gpu=2"]));
    }

    [Fact]
    public void Restricted_pod()
    {
        var options = SomeKubernetes.Options();
        options.Security = new SecurityOptions { PodSecurityStandard = "restricted", PodSecurityContext = new V1PodSecurityContext { RunAsUser = 1001, FsGroup = 1001 } };

        Check("restricted.yaml", Build(options));
    }

    [Fact]
    public void Container_of_the_job_gives_the_image()
    {
        var container = Some.Mapping(("image", new StringToken("docker://node:22")), ("env", Some.Mapping(("A", new NumberToken(1)))), ("options", new StringToken("")));

        var pod = Build(SomeKubernetes.Options(), SomeKubernetes.Job() with { JobContainer = container });

        Assert.Equal("node:22", Assert.Single(pod.Spec.Containers).Image);
        Assert.Null(pod.Spec.Containers[0].Env); // the worker sets it, for the steps
    }

    [Theory]
    [InlineData("options", "container.options: this version cannot honour it yet in a pod; only image and env are")]
    [InlineData("credentials", "container.credentials: this version cannot honour it yet in a pod; only image and env are")]
    public void Part_of_a_container_that_is_not_honoured_is_named(string key, string message)
    {
        var job = Some.Job(container: Some.Mapping(("image", new StringToken("node:22")), (key, new StringToken("--privileged"))));

        var error = Assert.Throws<WorkflowException>(() => JobContainer.Of(SomeKubernetes.Launch(job)));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Services_are_refused_with_their_name()
    {
        var job = Some.Job(services: Some.Mapping(("postgres", Some.Mapping(("image", new StringToken("postgres:16"))))));

        var error = Assert.Throws<WorkflowException>(() => JobContainer.Of(SomeKubernetes.Launch(job)));

        Assert.Equal("services: this version cannot run service containers yet (the job asks for 'postgres')", error.Message);
    }

    [Fact]
    public void Expression_in_the_image_is_refused_with_its_text()
    {
        var error = Assert.Throws<WorkflowException>(() => JobContainer.Of(SomeKubernetes.Launch(Some.Job(container: new ExpressionToken("matrix.image")))));

        Assert.Equal("container: this version cannot evaluate '${{ matrix.image }}' here yet; write the value itself", error.Message);
    }

    [Fact]
    public void Container_with_an_empty_image_is_none() => Assert.Null(JobContainer.Of(SomeKubernetes.Launch(Some.Job(container: new StringToken("")))));

    [Fact]
    public void Nothing_secret_stands_in_the_pod()
    {
        var job = SomeKubernetes.Job() with
        {
            Variables = new Dictionary<string, VariableValue> { ["TOKEN"] = new() { Value = "s3cr3t-variable", IsSecret = true } },
            Resources = new JobResources
            {
                Endpoints =
                [
                    new ServiceEndpoint
                    {
                        Name = "SystemVssConnection",
                        Url = "https://run.example/",
                        Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { ["AccessToken"] = "s3cr3t-token" } },
                    },
                ],
            },
        };

        var pod = KubernetesYaml.Serialize(Build(SomeKubernetes.Options(), job));

        Assert.DoesNotContain("s3cr3t", pod, StringComparison.Ordinal);
    }

    [Fact]
    public void Payload_can_be_read_back_from_its_Secret()
    {
        var launch = SomeKubernetes.Launch(labels: ["linux"], attempt: 2) with { Pool = "gpu", Platform = "big" };
        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);

        var secret = PayloadSecret.Build(launch, payload, "agent/1", SomeKubernetes.Options());
        var read = PayloadSecret.ReadLaunch(secret);

        Assert.NotNull(read);
        Assert.Equal(launch.JobId, read.JobId);
        Assert.Equal((launch.Pool, launch.Platform, launch.Attempt, launch.MessageSeen), (read.Pool, read.Platform, read.Attempt, read.MessageSeen));
        Assert.Equal(["linux"], read.Labels);
        Assert.Equal("build (18, ubuntu-latest)", read.Job.JobDisplayName);
    }

    [Fact]
    public void Job_that_no_Secret_can_hold_is_refused_with_its_size()
    {
        var launch = SomeKubernetes.Launch(Some.Job() with { JobName = new string('x', 1_000_000) });
        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);

        var error = Assert.Throws<WorkflowException>(() => PayloadSecret.Build(launch, payload, "agent/1", SomeKubernetes.Options()));

        Assert.Matches("^The job's message has 1,000,[0-9]{3} bytes, more than the 1,000,000 that fit into a Kubernetes Secret; ", error.Message);
    }

    private static V1Pod Build(KubernetesOptions options, JobMessage? job = null, string[]? labels = null)
    {
        var launch = SomeKubernetes.Launch(job, labels);
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, options);
        return new PodSpecBuilder(options).Build(launch, placement, JobContainer.Of(launch), "agent-0/abc123");
    }

    private static void Check(string name, V1Pod pod) => Golden.Check(name, KubernetesYaml.Serialize(pod));
}
