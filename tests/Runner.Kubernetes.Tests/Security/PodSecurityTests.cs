using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Actions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Tests.Actions;
using Runner.Kubernetes.Validation;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Security;

public sealed class PodSecurityTests
{
    // Everything by which a workflow can ask for rights, as options of a container; each is tried alone and all of them together.
    private static readonly string[] Options =
    [
        "--privileged", "--privileged=true", "--cap-add SYS_ADMIN", "--cap-add=ALL", "--cap-add cap_net_raw --cap-add NET_BIND_SERVICE", "--cap-add CHOWN",
        "--cap-drop ALL", "--cap-drop NET_RAW", "--user 1001", "--user 1001:0", "-u 1654:1654", "--read-only", "--read-only=false",
        "--security-opt seccomp=unconfined", "--security-opt apparmor=unconfined", "--security-opt label=disable", "--security-opt label=type:spc_t",
        "--security-opt no-new-privileges=false", "--security-opt systempaths=unconfined", "--pid host", "--ipc host", "--uts host", "--userns host",
        "--network host", "--net=host", "--cgroupns host", "--cgroup-parent /", "--sysctl kernel.msgmax=1", "--sysctl net.ipv4.tcp_syncookies=1",
        "--device /dev/kmsg", "--device-cgroup-rule 'c *:* rwm'", "--gpus all", "--group-add 0", "--volume /:/host", "-v /var/run/docker.sock:/var/run/docker.sock",
        "--mount type=bind,source=/,target=/host", "--volumes-from other", "--publish 80:80", "-P", "--tmpfs /scratch", "--tmpfs /x:size=64m,exec", "--shm-size 64m",
        "--ulimit nofile=1", "--runtime runc", "--isolation process", "--oom-kill-disable", "--oom-score-adj=-1000", "--pids-limit=-1", "--add-host a:10.0.0.1",
        "--dns 10.0.0.1", "--hostname node", "--env A=1", "--init", "--cpus 2", "--memory 1g",
    ];

    public static TheoryData<string, string> Levels()
    {
        var data = new TheoryData<string, string>();
        foreach (var level in new[] { "baseline", "restricted" })
        {
            foreach (var option in Options.Append(string.Join(' ', Options)))
            {
                data.Add(level, option);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void No_option_of_a_job_or_a_service_gets_beyond_the_level(string level, string options)
    {
        var container = Container(options);
        foreach (var version in new[] { "v1.20.2", "v1.33.1" })
        {
            var pod = Build(level, new JobContainers { Job = container, Services = [new("db", container)] }, version: version);

            Assert.Empty(PodSecurityStandard.Violations(Json(pod), level));
        }
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("restricted")]
    public void Pods_of_every_kind_of_job_are_within_the_level(string level)
    {
        var settings = SomeKubernetes.Options();
        foreach (var externals in ExternalsWay.All)
        {
            settings.Externals = externals;
            settings.Storage.ToolCache = new VolumeOptions { Type = "pvc", ClaimName = "tools" };
            settings.Storage.Workspace = new VolumeOptions { Type = "ephemeral", Size = "1Gi" };
            settings.Hooks = new HookOptions { ConfigMap = "hooks", JobStarted = "a.sh" };
            var pod = Build(level, JobContainers.None, settings);
            pod.Spec.EphemeralContainers =
            [
                ActionPodContainer.Build(SomeAction.Request(entrypoint: "/x"), "alpine:3", SomeAction.RequestId, "act-job-x", settings, PodSecurityLevels.Parse(level)).Spec,
            ];

            Assert.Empty(PodSecurityStandard.Violations(Json(pod), level));
        }
    }

    [Fact]
    public void What_is_taken_away_is_told_with_its_key_and_the_reason()
    {
        var warnings = new List<string>();

        var pod = Build(
            "baseline",
            new JobContainers
            {
                Job = Container("--privileged --cap-add SYS_ADMIN --cap-add=cap_chown"),
                Services = [new("my-db", Container("--cap-add NET_RAW"))],
            },
            warnings: warnings);

        var because = Because("baseline");
        Assert.Equal(
            [
                $"services.my-db.options: the capability NET_RAW is taken away: {because}",
                $"container.options: privileged is taken away: {because}",
                $"container.options: the capability SYS_ADMIN is taken away: {because}",
            ],
            warnings);
        var job = pod.Spec.Containers.Single(container => container.Name == "job").SecurityContext;
        Assert.Null(job.Privileged);
        Assert.Equal(["CHOWN"], job.Capabilities.Add);
    }

    [Fact]
    public void Level_privileged_lets_all_pass()
    {
        var warnings = new List<string>();

        var pod = Build("privileged", new JobContainers { Job = Container("--privileged --cap-add SYS_ADMIN --user 0") }, warnings: warnings);

        var job = pod.Spec.Containers.Single().SecurityContext;
        Assert.Equal((true, 0), (job.Privileged, job.RunAsUser));
        Assert.Equal(["SYS_ADMIN"], job.Capabilities.Add);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("--user 0")]
    [InlineData("--user 0:1001")]
    [InlineData("-u=00")]
    public void Root_in_a_restricted_pod_is_an_error_in_words(string options)
    {
        var because = Because("restricted");
        var help = "leave --user out where the image has a user of its own, or give another number, such as --user 1001";

        Assert.Equal(
            $"container.options: the user 0 is root, and {because}; {help}",
            Assert.Throws<WorkflowException>(() => Build("restricted", new JobContainers { Job = Container(options) })).Message);
        Assert.Equal(
            $"services.db.options: the user 0 is root, and {because}; {help}",
            Assert.Throws<WorkflowException>(() => Build("restricted", new JobContainers { Services = [new("db", Container(options))] })).Message);
        Assert.Equal(0, Build("baseline", new JobContainers { Job = Container(options) }).Spec.Containers.Single().SecurityContext.RunAsUser);
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("restricted")]
    public void Spec_that_says_everything_forbidden_is_brought_within_the_level_and_every_field_is_told(string level)
    {
        var pod = Everything();
        Assert.NotEmpty(PodSecurityStandard.Violations(Json(pod), level));
        var expected = PodSecurityStandard.Violations(Json(pod), "baseline").Count;
        var taken = new List<string>();

        var clamp = new PodSecurityClamp(PodSecurityLevels.Parse(level), (where, what) => taken.Add($"{where}: {what}"));
        pod = clamp.Apply(pod, new HashSet<string>());
        pod.Spec.HostNetwork = null; // settable by the operator alone

        Assert.Empty(PodSecurityStandard.Violations(Json(pod), level));
        Assert.True(taken.Count >= expected - 1, string.Join('\n', taken));
    }

    [Fact]
    public void Platform_has_a_level_of_its_own()
    {
        var settings = SomeKubernetes.Options();
        settings.Platforms["docker-build"] = new PlatformOptions { Image = "docker:dind", PodSecurityStandard = "privileged" };
        var containers = new JobContainers { Job = Container("--privileged") };

        var wide = Build("baseline", containers, settings, labels: ["docker-build"]);
        var other = Build("baseline", containers, settings);

        Assert.True(wide.Spec.Containers.Single().SecurityContext.Privileged);
        Assert.Null(other.Spec.Containers.Single().SecurityContext.Privileged);
        Assert.Equal(PodSecurityLevel.Privileged, JobSecurity.LevelOf(wide, settings));
        Assert.Equal(PodSecurityLevel.Baseline, JobSecurity.LevelOf(other, settings));
    }

    [Fact]
    public void Folders_and_network_of_the_node_that_the_operator_gave_stay_and_are_told_at_the_start()
    {
        var settings = SomeKubernetes.Options();
        settings.Storage.ToolCache = new VolumeOptions { Type = "hostPath", Path = "/var/tools" };
        settings.Networking.HostNetwork = true;

        var pod = Build("baseline", JobContainers.None, settings);

        Assert.Empty(settings.Validate());
        Assert.Equal([("kubernetes.networking.hostNetwork", "baseline"), ("kubernetes.storage.toolCache", "baseline")], SecurityRules.FindExceptions(settings));
        Assert.Equal("/var/tools", pod.Spec.Volumes.Single(volume => volume.HostPath is not null).HostPath.Path);
        Assert.True(pod.Spec.HostNetwork);
        settings.Security.PodSecurityStandard = "privileged";
        Assert.Empty(SecurityRules.FindExceptions(settings));
    }

    [Fact]
    public void Rights_of_the_operator_that_contradict_the_level_are_mistakes_of_the_settings()
    {
        var settings = SomeKubernetes.Options();
        settings.Security = new SecurityOptions
        {
            PodSecurityStandard = "restricted",
            SecurityContext = new V1SecurityContext { Privileged = true, AllowPrivilegeEscalation = true, Capabilities = new V1Capabilities { Add = ["SYS_PTRACE"] } },
        };
        settings.Platforms["root"] = new PlatformOptions { Image = "a", SecurityContext = new V1PodSecurityContext { RunAsUser = 0 } };
        settings.Platforms["odd"] = new PlatformOptions { Image = "a", PodSecurityStandard = "medium" };

        const string rest = "which the Pod Security Standard 'restricted' (podSecurityStandard) does not have: take it out, or choose a wider standard";
        Assert.Equal(
            [
                "kubernetes.platforms.root.securityContext asks for the user 0, which is root, and the Pod Security Standard 'restricted' (podSecurityStandard) has none: give another number",
                "kubernetes.platforms.odd.podSecurityStandard is 'medium', expected one of privileged, baseline, restricted",
                $"kubernetes.security.securityContext asks for privileged, {rest}",
                $"kubernetes.security.securityContext asks for allowPrivilegeEscalation, {rest}",
                $"kubernetes.security.securityContext asks for the capability SYS_PTRACE, {rest}",
            ],
            settings.Validate());
        settings.Security.PodSecurityStandard = "privileged";
        settings.Platforms.Remove("odd");
        Assert.Empty(settings.Validate());
    }

    private static string Because(string level) => $"pods here keep to the Pod Security Standard '{level}' (kubernetes.security.podSecurityStandard)";

    private static JobContainer Container(string options) => new()
    {
        Image = "debian:12",
        Options = ContainerOptionsParser.Parse(options, "x"),
        Volumes = [VolumeMapping.Parse("/data", "x"), VolumeMapping.Parse("cache:/cache", "x")],
        Ports = [.. PortMapping.Parse("127.0.0.1:80:8080", "x")],
    };

    private static V1Pod Build(
        string level, JobContainers containers, KubernetesOptions? settings = null, string version = "v1.33.1", string[]? labels = null, List<string>? warnings = null)
    {
        settings ??= SomeKubernetes.Options();
        settings.Security.PodSecurityStandard = level;
        var launch = SomeKubernetes.Launch(SomeKubernetes.Job() with { Steps = [Some.Uses("octo-org/greet")] }, labels) with { Containers = containers };
        var told = new List<string>();
        var pod = new PodSpecBuilder(settings).Build(
            launch, PlacementRules.Place(launch.Labels, launch.Platform, settings), ClusterFeatures.Of(version), "agent-0/abc123", told);
        warnings?.AddRange(told.Where(text => text.Contains("taken away", StringComparison.Ordinal)));
        return pod;
    }

    private static JsonNode Json(V1Pod pod) => JsonNode.Parse(KubernetesJson.Serialize(pod))!;

    private static V1Pod Everything()
    {
        var container = new V1Container
        {
            Name = "job",
            SecurityContext = new V1SecurityContext
            {
                Privileged = true,
                AllowPrivilegeEscalation = true,
                Capabilities = new V1Capabilities { Add = ["ALL", "NET_RAW"], Drop = ["MKNOD"] },
                ProcMount = "Unmasked",
                RunAsNonRoot = false,
                SeccompProfile = new V1SeccompProfile { Type = "Unconfined" },
                AppArmorProfile = new V1AppArmorProfile { Type = "Unconfined" },
                SeLinuxOptions = new V1SELinuxOptions { Type = "spc_t", User = "u", Role = "r" },
                WindowsOptions = new V1WindowsSecurityContextOptions { HostProcess = true },
            },
            Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = 80, HostIP = "0.0.0.0" }],
            StartupProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Host = "10.0.0.1", Port = 1 } },
            ReadinessProbe = new V1Probe { TcpSocket = new V1TCPSocketAction { Host = "10.0.0.1", Port = 1 } },
            LivenessProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Host = "10.0.0.1", Port = 1 } },
            Lifecycle = new V1Lifecycle
            {
                PostStart = new V1LifecycleHandler { HttpGet = new V1HTTPGetAction { Host = "10.0.0.1", Port = 1 } },
                PreStop = new V1LifecycleHandler { TcpSocket = new V1TCPSocketAction { Host = "10.0.0.1", Port = 1 } },
            },
        };
        var added = KubernetesJson.Deserialize<V1EphemeralContainer>(KubernetesJson.Serialize(container with { Name = "action" }));
        return new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Annotations = new Dictionary<string, string> { ["container.apparmor.security.beta.kubernetes.io/job"] = "unconfined", ["keep"] = "me" },
            },
            Spec = new V1PodSpec
            {
                HostNetwork = true,
                HostPID = true,
                HostIPC = true,
                SecurityContext = new V1PodSecurityContext
                {
                    RunAsNonRoot = false,
                    SeccompProfile = new V1SeccompProfile { Type = "Unconfined" },
                    AppArmorProfile = new V1AppArmorProfile { Type = "Unconfined" },
                    SeLinuxOptions = new V1SELinuxOptions { Type = "spc_t", User = "u", Role = "r" },
                    WindowsOptions = new V1WindowsSecurityContextOptions { HostProcess = true },
                    Sysctls = [new V1Sysctl { Name = "kernel.msgmax", Value = "1" }, new V1Sysctl { Name = "net.ipv4.tcp_syncookies", Value = "1" }],
                },
                InitContainers = [KubernetesJson.Deserialize<V1Container>(KubernetesJson.Serialize(container with { Name = "setup" }))],
                Containers = [container],
                EphemeralContainers = [added],
                Volumes =
                [
                    new V1Volume { Name = "root", HostPath = new V1HostPathVolumeSource { Path = "/" } },
                    new V1Volume { Name = "nfs", Nfs = new V1NFSVolumeSource { Server = "s", Path = "/" } },
                    new V1Volume { Name = "empty", EmptyDir = new V1EmptyDirVolumeSource() },
                ],
            },
        };
    }
}
