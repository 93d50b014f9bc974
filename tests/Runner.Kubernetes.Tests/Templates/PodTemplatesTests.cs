using k8s;
using k8s.Models;
using Runner.Jobs.Containers;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Placement;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Validation;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Templates;

/// <summary>What operators say of all pods, and of those of a platform, beside what is made for a job.</summary>
public sealed class PodTemplatesTests
{
    private const string Whole = """
        metadata:
          labels: {team: build, example.com/tier: ci}
          annotations: {example.com/scrape: "true"}
        spec:
          schedulerName: volcano
          hostUsers: false
          tolerations: [{key: ci, operator: Exists}]
          resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}]
          volumes:
          - {name: settings, configMap: {name: job-settings}}
          - {name: nfs, nfs: {server: files.example, path: /ci}}
          initContainers:
          - {name: proxy, image: "registry.example/proxy:1", restartPolicy: Always}
          - {name: setup, env: [{name: TZ, value: UTC}]}
          containers:
          - {name: metrics, image: "registry.example/exporter:2", volumeMounts: [{name: workspace, mountPath: /work, readOnly: true}]}
          - name: job
            env: [{name: TZ, value: UTC}]
            volumeMounts: [{name: settings, mountPath: /etc/job, readOnly: true}, {name: nfs, mountPath: /mnt/ci}]
            securityContext: {readOnlyRootFilesystem: true}
            resources: {claims: [{name: gpu}]}
          - {name: "service-*", env: [{name: TZ, value: UTC}], securityContext: {runAsNonRoot: true}}
          - {name: service-db, volumeMounts: [{name: nfs, mountPath: /mnt/db}]}
          - {name: service-queue, volumeMounts: [{name: nfs, mountPath: /mnt/queue}]}
        """;

    [Fact]
    public void Pod_of_a_job_is_laid_over_the_template()
    {
        var options = WithTemplate(Whole);
        var containers = new JobContainers
        {
            Job = Container("node:22", "--memory 2g --user 1001"),
            Services = [new("db", Container("postgres:16", string.Empty)), new("redis", Container("redis:7", string.Empty))],
        };

        Assert.Empty(options.Validate());
        Golden.Check("template.yaml", KubernetesYaml.Serialize(Build(options, containers: containers)));
    }

    [Fact]
    public void Platform_says_more_than_all_pods_have_and_in_other_words()
    {
        var options = WithTemplate("{spec: {schedulerName: volcano, volumes: [{name: a, emptyDir: {}}], containers: [{name: job, env: [{name: A, value: all}, {name: B, value: all}]}]}}");
        options.Platforms["big"] = new PlatformOptions
        {
            Image = "big:1",
            PodTemplate = Template("{spec: {schedulerName: kueue, volumes: [{name: b, emptyDir: {}}], containers: [{name: job, env: [{name: B, value: big}]}]}}"),
        };

        var big = Build(options, labels: ["big"]).Spec;
        var other = Build(options).Spec;

        Assert.Equal(("kueue", "volcano"), (big.SchedulerName, other.SchedulerName));
        Assert.Equal(["A=all", "B=big"], big.Containers[^1].Env.Select(variable => $"{variable.Name}={variable.Value}").Order());
        Assert.Equal(["a", "b"], big.Volumes.Select(volume => volume.Name).Where(name => name.Length == 1));
        Assert.DoesNotContain(other.Volumes, volume => volume.Name == "b");
    }

    [Fact]
    public void What_is_made_for_a_job_goes_before_the_template_and_lists_without_names_are_whole()
    {
        var options = WithTemplate("{spec: {priorityClassName: low, runtimeClassName: kata, dnsConfig: {nameservers: [10.0.0.1]}, securityContext: {fsGroup: 5, seccompProfile: {type: Localhost, localhostProfile: ci.json}}}}");
        options.Networking = new NetworkingOptions { DnsPolicy = "None", DnsConfig = new V1PodDNSConfig { Nameservers = ["10.0.0.53"] } };
        options.Platforms["big"] = new PlatformOptions { Image = "big:1", Priority = "high", SecurityContext = new V1PodSecurityContext { FsGroup = 7 } };

        var spec = Build(options, labels: ["big"]).Spec;

        Assert.Equal(("high", "kata", 7L, "Localhost"), (spec.PriorityClassName, spec.RuntimeClassName, spec.SecurityContext.FsGroup, spec.SecurityContext.SeccompProfile.Type));
        Assert.Equal(["10.0.0.53"], spec.DnsConfig.Nameservers);
    }

    [Fact]
    public void Spread_of_a_run_and_preferences_of_the_template_count_both()
    {
        var options = WithTemplate("""
            {spec: {affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution:
              [{weight: 5, podAffinityTerm: {topologyKey: zone}}]}}}}
            """) with { Spread = true };

        var preferred = Build(options).Spec.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution;

        Assert.Equal(["zone", "kubernetes.io/hostname"], preferred.Select(term => term.PodAffinityTerm.TopologyKey));
    }

    [Theory]
    [InlineData("{metadata: {labels: {act.nektos.com/pool: x}}}", "podTemplate.metadata.labels.act.nektos.com/pool is the agent's own, by which it finds its pods")]
    [InlineData("{metadata: {labels: {team: 'a b'}}}", "podTemplate.metadata.labels.team is 'a b', which is no Kubernetes label value")]
    [InlineData("{spec: {restartPolicy: Always}}", "podTemplate.spec.restartPolicy is always Never: a job runs once")]
    [InlineData("{spec: {automountServiceAccountToken: true}}", "podTemplate.spec.automountServiceAccountToken is always false")]
    [InlineData("{spec: {activeDeadlineSeconds: 60}}", "podTemplate.spec.activeDeadlineSeconds is kubernetes.maxJobTime")]
    [InlineData("{spec: {volumes: [{name: temp, emptyDir: {}}]}}", "podTemplate.spec.volumes[0].name is 'temp', a volume that the pods of jobs have already")]
    [InlineData("{spec: {containers: [{name: job, command: [sh]}]}}", "podTemplate.spec.containers[0].command is the worker's: it starts the job")]
    [InlineData("{spec: {containers: [{name: job, resources: {limits: {cpu: 1}}}]}}", "podTemplate.spec.containers[0].resources is said by labels, platforms")]
    [InlineData("{spec: {containers: [{name: job, volumeMounts: [{name: home, mountPath: /runner/temp/}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].mountPath is '/runner/temp/', which")]
    [InlineData("{spec: {containers: [{name: job, volumeMounts: [{name: home, mountPath: /runner/hooks}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].mountPath is '/runner/hooks', which")]
    [InlineData("{spec: {volumes: [{name: cache, emptyDir: {}}], containers: [{name: job, volumeMounts: [{name: cahce, mountPath: /c}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].name is 'cahce', which is no volume of the template; did you mean 'cache'?")]
    [InlineData("{spec: {containers: [{name: service-db, volumeMounts: [{name: payload-secret, mountPath: /p}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].name is 'payload-secret', which only")]
    [InlineData("{spec: {containers: [{name: job, volumeMounts: [{name: payload-secret, mountPath: /p}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].name is 'payload-secret', which only")]
    [InlineData("{spec: {containers: [{name: 'service-*', image: x}]}}", "podTemplate.spec.containers[0].image is said by the workflow")]
    [InlineData("{spec: {containers: [{name: setup}]}}", "podTemplate.spec.containers[0].name is 'setup', which belongs to initContainers")]
    [InlineData("{spec: {initContainers: [{name: setup, image: x}]}}", "podTemplate.spec.initContainers[0].image is kubernetes.runnerImage")]
    [InlineData("{spec: {containers: [{name: jobs}]}}", "podTemplate.spec.containers[0].image is not set, which a container of your own needs (those of the pod are called job, setup and service-*)")]
    [InlineData("{spec: {containers: [{name: x, image: x, volumeMounts: [{name: payload, mountPath: /p}]}]}}", "podTemplate.spec.containers[0].volumeMounts[0].name is 'payload', which only the job's own container may see")]
    [InlineData("{spec: {containers: [{name: x, image: x}, {name: x, image: y}]}}", "podTemplate.spec.containers names 'x' twice")]
    [InlineData("{spec: {hostPID: true}}", "podTemplate.spec asks for the node's processes (hostPID), which the Pod Security Standard 'baseline'")]
    [InlineData("{spec: {containers: [{name: a, image: a}, {name: x, image: x, securityContext: {privileged: true}}]}}", "podTemplate.spec.containers[1] asks for privileged, which the Pod Security Standard 'baseline'")]
    public void What_a_template_cannot_say_is_told_with_the_reason(string template, string problem) =>
        Assert.StartsWith($"kubernetes.{problem}", Assert.Single(WithTemplate(template).Validate()), StringComparison.Ordinal);

    [Fact]
    public void Template_of_a_platform_is_held_to_the_platforms_own_standard()
    {
        var options = SomeKubernetes.Options();
        const string Privileged = "{spec: {containers: [{name: dind, image: docker, securityContext: {privileged: true}}]}}";
        options.Platforms["builds"] = new PlatformOptions { Image = "b:1", PodSecurityStandard = "privileged", PodTemplate = Template(Privileged) };
        options.Platforms["plain"] = new PlatformOptions { Image = "p:1", PodTemplate = Template(Privileged) };

        Assert.StartsWith("kubernetes.platforms.plain.podTemplate.spec.containers[0] asks for privileged", Assert.Single(options.Validate()), StringComparison.Ordinal);
        Assert.True(Build(options, labels: ["builds"]).Spec.Containers[0].SecurityContext.Privileged);
    }

    [Fact]
    public void Template_of_a_platform_may_mount_what_that_of_all_pods_brings()
    {
        var options = WithTemplate("{spec: {volumes: [{name: cache, emptyDir: {}}]}}");
        options.Platforms["big"] = new PlatformOptions { Image = "big:1", PodTemplate = Template("{spec: {containers: [{name: job, volumeMounts: [{name: cache, mountPath: /cache}]}]}}") };

        Assert.Empty(options.Validate());
        Assert.Contains(Build(options, labels: ["big"]).Spec.Containers[^1].VolumeMounts, mount => mount is { Name: "cache", MountPath: "/cache" });
    }

    [Fact]
    public void Folder_of_the_node_stays_and_is_told_as_an_exception()
    {
        var options = WithTemplate("{spec: {volumes: [{name: a, emptyDir: {}}, {name: node, hostPath: {path: /srv}}]}}");

        Assert.Empty(options.Validate());
        Assert.Equal([("kubernetes.podTemplate.spec.volumes[1]", "baseline")], SecurityRules.FindExceptions(options));
        Assert.Equal("/srv", Build(options).Spec.Volumes.Single(volume => volume.Name == "node").HostPath.Path);
    }

    private static KubernetesOptions WithTemplate(string yaml)
    {
        var options = SomeKubernetes.Options();
        options.PodTemplate = Template(yaml);
        return options;
    }

    private static V1PodTemplateSpec Template(string yaml) => KubernetesYaml.Deserialize<V1PodTemplateSpec>(yaml);

    private static V1Pod Build(KubernetesOptions options, string[]? labels = null, JobContainers? containers = null)
    {
        var launch = SomeKubernetes.Launch(labels: labels) with { Containers = containers ?? JobContainers.None };
        return new PodSpecBuilder(options).Build(
            launch, PlacementRules.Place(launch.Labels, launch.Platform, options), ClusterFeatures.Of("v1.33.1"), "agent-0/abc123", []);
    }

    private static JobContainer Container(string image, string options) => new() { Image = image, Options = ContainerOptionsParser.Parse(options, "x") };
}
