using k8s;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Network;
using Runner.Jobs.Secrets;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Spec;
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
    public void Job_that_may_run_container_actions_has_volumes_for_their_folders()
    {
        var job = SomeKubernetes.Job() with { Steps = [Some.Script("echo"), Some.Uses("octo-org/greet")] };

        Check("actions.yaml", Build(SomeKubernetes.Options(), job));
        Assert.DoesNotContain(Build(SomeKubernetes.Options(), job, features: ClusterFeatures.Of("v1.24.1")).Spec.Volumes, volume => volume.Name.StartsWith("github-", StringComparison.Ordinal));
    }

    [Fact]
    public void Restricted_pod()
    {
        var options = SomeKubernetes.Options();
        options.Security = new SecurityOptions { PodSecurityStandard = "restricted", PodSecurityContext = new V1PodSecurityContext { RunAsUser = 1001, FsGroup = 1001 } };

        Check("restricted.yaml", Build(options));
    }

    [Fact]
    public void Container_of_the_job_gives_image_limits_and_user()
    {
        var container = Container("node:22", "--cpus 1.5 --memory 2g --user 1001:1002 --workdir /srv --tmpfs /scratch --init") with
        {
            Environment = [new("A", "1")],
            Volumes = [VolumeMapping.Parse("/data", "x"), VolumeMapping.Parse("cache:/cache:ro", "x")],
        };
        var warnings = new List<string>();

        var pod = Build(SomeKubernetes.Options(), containers: new JobContainers { Job = container }, warnings: warnings);

        Check("container.yaml", pod);
        Assert.Null(pod.Spec.Containers[0].Env); // the worker sets it, for the steps
        Assert.Equal(
            [
                "container.options: the option '--init' has no effect in a pod",
                "container.volumes: the volume 'cache' is empty at the start of the job and gone at its end",
            ],
            warnings);
    }

    [Theory]
    [InlineData("--cpus 4 --memory 8g", null)]
    [InlineData("--cpus 4.5", "container.options: '--cpus 4.5' is not within the bounds of pool 'build': 4 CPU at most")]
    [InlineData("--memory 8193m", "container.options: '--memory 8193m' is not within the bounds of pool 'build': 8192 MiB of memory at most")]
    public void Options_of_a_container_get_no_more_than_labels_may_ask_the_pool_for(string asked, string? refusal)
    {
        var launch = SomeKubernetes.Launch() with
        {
            Pool = "build",
            Most = new MostResources(4, 8L << 30),
            Containers = new JobContainers { Job = Container("node:22", asked) },
        };

        Assert.Equal(refusal, Record.Exception(() => Build(SomeKubernetes.Options(), launch))?.Message);
    }

    [Fact]
    public void Service_gets_no_more_than_labels_may_ask_the_pool_for()
    {
        var launch = SomeKubernetes.Launch() with
        {
            Most = new MostResources(4, Memory: null),
            Containers = new JobContainers { Services = [new("db", Container("postgres:16", "--cpus 64 --memory 500g"))] },
        };

        Assert.Equal(
            "services.db.options: '--cpus 64' is not within the bounds of pool 'default': 4 CPU at most",
            Assert.Throws<WorkflowException>(() => Build(SomeKubernetes.Options(), launch)).Message);
    }

    [Fact]
    public void Services_are_containers_whose_probe_is_their_check_and_whose_variables_are_in_the_Secret()
    {
        var containers = new JobContainers
        {
            Services =
            [
                new("postgres", Container("postgres:16", "--health-cmd pg_isready --health-interval 5s --health-timeout 3s --health-retries 5 --health-start-period 20s") with
                {
                    Environment = [new("POSTGRES_PASSWORD", "s3cr3t")],
                    Ports = [.. PortMapping.Parse("5432:5432", "x")],
                }),
                new("Redis_Cache", Container("redis:7", "--network-alias cache --shm-size 64m --entrypoint /redis") with
                {
                    Command = ["--port", "6379"],
                    Ports = [.. PortMapping.Parse("6380:6379", "x")],
                }),
            ],
        };
        var warnings = new List<string>();
        var launch = SomeKubernetes.Launch() with { Containers = containers };

        var pod = Build(SomeKubernetes.Options(), containers: containers, warnings: warnings);
        var secret = PayloadSecret.Build(launch, Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen), "agent/1", SomeKubernetes.Options());

        Check("services.yaml", pod);
        Assert.DoesNotContain("s3cr3t", KubernetesYaml.Serialize(pod), StringComparison.Ordinal);
        Assert.Equal("s3cr3t", System.Text.Encoding.UTF8.GetString(secret.Data["service.0.0"]));
        Assert.Empty(warnings); // redis_cache is no name of a host to Kubernetes, and one to the file of hosts that the pod gets
        Assert.Equal(["--hosts", "/runner/hosts", "--names", "redis_cache"], pod.Spec.InitContainers[0].Command.TakeLast(4));
        Assert.All(
            pod.Spec.Containers,
            container => Assert.Equal("hosts", Assert.Single(container.VolumeMounts, mount => mount.MountPath == "/etc/hosts").SubPath));
        Assert.Equal("postgres:16", PayloadSecret.ReadLaunch(secret)?.Containers.Services[0].Container.Image);
    }

    [Fact]
    public void Pod_without_such_names_has_the_kubelets_file_of_hosts_and_one_that_no_file_can_have_is_told()
    {
        var warnings = new List<string>();
        var plain = new JobContainers { Services = [new("web", Container("nginx", "--network-alias www"))] };
        var odd = new JobContainers { Services = [new("web", Container("nginx", "--network-alias grüße"))] };

        Assert.DoesNotContain("/etc/hosts", KubernetesYaml.Serialize(Build(SomeKubernetes.Options(), containers: plain, warnings: warnings)), StringComparison.Ordinal);
        Assert.Empty(warnings);
        Build(SomeKubernetes.Options(), containers: odd, warnings: warnings);
        Assert.Equal(["services: 'grüße' cannot be the name of a host in a pod; the service is reached at localhost"], warnings);
    }

    [Fact]
    public void Worker_is_told_of_its_containers_and_waits_for_services_as_the_kubelet_does_not()
    {
        var launch = SomeKubernetes.Launch() with
        {
            Containers = new JobContainers
            {
                Job = Container("debian:12", string.Empty),
                Services = [new("redis", Container("redis:7", "--health-cmd true") with { Ports = [.. PortMapping.Parse("6380:6379", "x")] })],
            },
        };

        var placed = ServicePods.Placed(launch, "pod-1");

        Assert.Equal(("pod-1", new PlacedContainer("job", "debian:12")), (placed?.Network, placed?.Job));
        var redis = Assert.Single(placed?.Services ?? []);
        Assert.Equal(("redis", new PlacedContainer("service-redis", "redis:7"), true), (redis.Name, redis.Container, redis.HasCheck));
        Assert.Equal(["6380:6379/tcp"], redis.Ports.Select(port => port.ToString()));
        Assert.True(placed?.AwaitsRelease);
        Assert.Null(ServicePods.Placed(SomeKubernetes.Launch(), "pod-1"));
        Assert.False(ServicePods.Placed(launch with { Containers = launch.Containers with { Services = [] } }, "pod-1")?.AwaitsRelease);
    }

    [Fact]
    public void Volumes_of_the_jobs_workspace_are_parts_of_it_in_every_container()
    {
        var containers = new JobContainers
        {
            Job = Container("debian:12", "") with { Volumes = [VolumeMapping.Parse("/github/workspace/cache:/cache", "x"), VolumeMapping.Parse("/github/workspace:/github/workspace", "x")] },
            Services = [new("web", Container("nginx", "") with { Volumes = [VolumeMapping.Parse("/github/workspace/site/./public/:/srv:ro", "x"), VolumeMapping.Parse("/github/workspace:/all", "x")] })],
        };
        var warnings = new List<string>();

        var pod = Build(SomeKubernetes.Options(), containers: containers, warnings: warnings);

        (string, string?, bool?)[] Of(string name) =>
        [
            .. pod.Spec.Containers.Single(container => container.Name == name).VolumeMounts.Where(mount => mount.Name == "workspace")
                .Select(mount => (mount.MountPath, (string?)mount.SubPath, mount.ReadOnlyProperty)),
        ];
        Assert.Equal([("/github/workspace", null, null), ("/cache", "cache", null)], Of("job"));
        Assert.Equal([("/srv", "site/public", true), ("/all", null, null)], Of("service-web"));
        Assert.Empty(warnings);
        Assert.StartsWith("container.volumes: '/github/workspace/../secret:/s' is a folder of the machine", Refusal(Container("a", "") with { Volumes = [VolumeMapping.Parse("/github/workspace/../secret:/s", "x")] }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_job_in_a_pod_gets_is_an_error()
    {
        Assert.Equal(
            "container.volumes: '/srv:/srv' is a folder of the machine, which a job in a pod does not get; use a volume with a name",
            Refusal(Container("a", "") with { Volumes = [VolumeMapping.Parse("/srv:/srv", "x")] }));
        Assert.Equal(
            "container.volumes: '/github/workspace/' is taken already: the container has another volume there",
            Refusal(Container("a", "") with { Volumes = [VolumeMapping.Parse("/github/workspace/sub:/github/workspace/", "x")] }));
        Assert.Equal("container.options: '--user' must be a number in a pod, which knows no names of users, not 'node'", Refusal(Container("a", "--user node")));
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(2, 3072)]
    [InlineData(10, 1024)]
    public void Outcome_fits_into_the_share_that_the_kubelet_keeps_of_it(int services, int bytes)
    {
        var launch = SomeKubernetes.Launch() with
        {
            Containers = new JobContainers { Services = [.. Enumerable.Range(0, services).Select(number => new ServiceContainer($"s{number}", Container("a", "")))] },
        };

        Assert.Equal(bytes, MessageShare.Of(launch, template: null));
    }

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
    public void Launch_can_be_read_back_from_its_Secret_whole()
    {
        var launch = Whole();
        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);

        var read = PayloadSecret.ReadLaunch(PayloadSecret.Build(launch, payload, "agent/1", SomeKubernetes.Options()));

        Mirrors.AllCross(launch, Plain(), read, nameof(JobLaunch.Requests), nameof(JobLaunch.Job), nameof(JobLaunch.KeepAs), nameof(JobLaunch.Network), nameof(JobLaunch.Tracing), nameof(JobLaunch.Hold), nameof(JobLaunch.Usage), nameof(JobLaunch.OwnCheckout), nameof(JobLaunch.CheckoutFolder), nameof(JobLaunch.ServicesToken), nameof(JobLaunch.MoreMemory));
        Assert.Equal(launch.JobId, read?.JobId);
        Assert.Equal("build (18, ubuntu-latest)", read?.Job.JobDisplayName);
        Assert.Single(read?.Job.Steps ?? []);
    }

    [Fact]
    public void Payload_has_of_the_launch_what_its_worker_needs()
    {
        var launch = Whole();

        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);

        var back = Plain() with
        {
            Runner = payload.Runner, MessageSeen = payload.Times.MessageSeen ?? default, Reporting = payload.Reporting, Services = payload.Services, Tracing = payload.Tracing,
            Hold = payload.Hold, Usage = payload.Usage, OwnCheckout = payload.OwnCheckout, ServicesToken = payload.ServicesToken is { } token ? new Secret(token) : null,
        };
        Mirrors.AllCross(
            launch,
            Plain(),
            back,
            nameof(JobLaunch.Job), nameof(JobLaunch.Requests), nameof(JobLaunch.SendsWorkspace), nameof(JobLaunch.BoundWorkspace), nameof(JobLaunch.CheckoutFolder),
            // What the backend goes by, and the worker need not know.
            nameof(JobLaunch.Labels), nameof(JobLaunch.Containers), nameof(JobLaunch.Pool), nameof(JobLaunch.Platform), nameof(JobLaunch.Attempt), nameof(JobLaunch.KeepAs),
            nameof(JobLaunch.MoreMemory), nameof(JobLaunch.Most), nameof(JobLaunch.Network)); // the latter by the next test
        Assert.Same(launch.Job, payload.Job);
    }

    [Fact]
    public void Payload_has_the_proxy_which_leads_past_the_services_and_the_pod_says_nothing_of_it()
    {
        var network = new JobNetwork(new ProxySettings { Https = new Uri("http://ci:s3cr3t@proxy.example:3128"), NoProxy = ["a.example"] }, "PEM");
        var launch = SomeKubernetes.Launch() with { Network = network, Containers = new JobContainers { Services = [new("db", Container("postgres:16", string.Empty))] } };

        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);
        var placement = PlacementRules.Place(launch.Labels, launch.Platform, SomeKubernetes.Options());
        var pod = new PodSpecBuilder(SomeKubernetes.Options()).Build(launch, placement, ClusterFeatures.Of("v1.33.1"), "agent-0/abc123", []);

        Assert.Equal(("PEM", network.Proxy!.Https), (payload.ExtraCertificates, payload.Proxy?.Https)); // not null: set above
        Assert.Equal(["a.example", "db"], payload.Proxy!.NoProxy); // likewise
        Assert.DoesNotContain("proxy.example", KubernetesYaml.Serialize(pod), StringComparison.Ordinal);
        Assert.Contains("s3cr3t", System.Text.Encoding.UTF8.GetString(PayloadSecret.Build(launch, payload, "agent/1", SomeKubernetes.Options()).Data["payload.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Job_that_no_Secret_can_hold_is_refused_with_its_size()
    {
        var launch = SomeKubernetes.Launch(Some.Job() with { JobName = new string('x', 1_000_000) });
        var payload = Backends.PayloadBuilder.Build(launch, PodPaths.Work, SomeKubernetes.Seen);

        var error = Assert.Throws<WorkflowException>(() => PayloadSecret.Build(launch, payload, "agent/1", SomeKubernetes.Options()));

        Assert.Matches("^The job's message has 1,000,[0-9]{3} bytes, more than the 1,000,000 that fit into a Kubernetes Secret; ", error.Message);
    }

    private static JobLaunch Plain() => new() { Job = Some.Job(), Runner = Some.Runner("plain"), MessageSeen = default };

    private static JobLaunch Whole() => SomeKubernetes.Launch(SomeKubernetes.Job() with { Steps = [Some.Script("echo")] }, labels: ["linux"], attempt: 2) with
    {
        Pool = "gpu",
        Platform = "big",
        Most = new MostResources(4, 1024),
        Containers = new JobContainers { Job = Container("debian:12", "--user 1001"), Services = [new("db", Container("postgres:16", "--health-cmd true"))] },
        Reporting = ReportingTarget.Launcher,
        Services = new ServiceAddresses(new Uri("https://results.example/"), new Uri("https://cache.example/")),
        ServicesToken = new Secret("a token of ours"),
        Hold = new FailureHold { Time = TimeSpan.FromMinutes(30), OnlyDebugging = true },
        Usage = new UsageReport { InSummary = false },
        OwnCheckout = OwnCheckout.IsThere,
        SendsWorkspace = true,
        BoundWorkspace = "/srv/checkout",
        CheckoutFolder = "/srv/checkout",
        Tracing = new TraceTarget(new Uri("http://collector.example:4318"), new Dictionary<string, string> { ["x-key"] = "s3cr3t" }),
    };

    private static JobContainer Container(string image, string options) => new() { Image = image, Options = ContainerOptionsParser.Parse(options, "x") };

    private static string Refusal(JobContainer container) =>
        Assert.Throws<WorkflowException>(() => Build(SomeKubernetes.Options(), containers: new JobContainers { Job = container })).Message;

    private static V1Pod Build(
        KubernetesOptions options,
        JobMessage? job = null,
        string[]? labels = null,
        JobContainers? containers = null,
        ClusterFeatures? features = null,
        List<string>? warnings = null) =>
        Build(options, SomeKubernetes.Launch(job, labels) with { Containers = containers ?? JobContainers.None }, features, warnings);

    private static V1Pod Build(KubernetesOptions options, JobLaunch launch, ClusterFeatures? features = null, List<string>? warnings = null) => new PodSpecBuilder(options).Build(
        launch, PlacementRules.Place(launch.Labels, launch.Platform, options), features ?? ClusterFeatures.Of("v1.33.1"), "agent-0/abc123", warnings ?? []);

    private static void Check(string name, V1Pod pod) => Golden.Check(name, KubernetesYaml.Serialize(pod));
}
