using System.Text.Json.Nodes;
using k8s.Models;
using static Runner.Agent.Tests.Configuration.SchemaParts;

namespace Runner.Agent.Tests.Configuration;

/// <summary>The chart's own values: what is no section of runner.yaml.</summary>
internal static class ChartSections
{
    private const string OptionalName = "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$";
    private const string Name = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";
    private const string Key = "^[-._a-zA-Z0-9]+$";
    private const string Digest = "sha256:[0-9a-f]{64}";
    private const string Duration = "^[0-9]+(ms|s|m|h)$";

    /// <summary>The image, GitHub, the way to it, and what is made around the agents.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> Objects(SettingsSchema settings) =>
    [
        ("image", Section(
            ("repository", Text("^[^:@ ]+(:[0-9]+/[^:@ ]+)?$")),
            ("tag", Type(["string", "integer"], $"^([A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}(@{Digest})?|{Digest})?$")),
            ("digest", Text($"^({Digest})?$")),
            ("pullPolicy", OneOf("Always", "IfNotPresent", "Never")))),
        ("imagePullSecrets", List(Text(Name))),
        ("github", Required(
            Section(
                ("url", Text("^https?://")),
                ("secretName", Text(OptionalName)),
                ("auth", OneOf("token", "app")),
                ("token", Type(["string"])),
                ("app", Section(
                    ("id", Type(["string", "integer"])),
                    ("installationId", Type(["string", "integer"], "^[0-9]*$")),
                    ("privateKey", Text("^(-----BEGIN .*PRIVATE KEY-----)?"))))),
            "url")),
        ("network", Section(
            ("proxy", Section(
                ("http", Text("^((http|https|socks5)://[^@ ]+)?$")),
                ("https", Text("^((http|https|socks5)://[^@ ]+)?$")),
                ("noProxy", settings.Of(typeof(IList<string>))),
                ("credentialsSecret", Section(("name", Text(OptionalName)), ("key", Text(Key)))))),
            ("ca", Section(("configMap", Text(OptionalName)), ("secret", Text(OptionalName)), ("key", Text(Key)))))),
        ("monitoring", Section(
            ("serviceMonitor", Monitor(settings)),
            ("podMonitor", Monitor(settings)),
            ("prometheusRule", Section(("enabled", Boolean()), ("labels", Texts(settings)), ("namespace", Text(OptionalName)), ("runbookUrl", Type(["string"])))),
            ("dashboards", Section(("enabled", Boolean()), ("labels", Texts(settings)), ("annotations", Texts(settings)), ("namespace", Text(OptionalName)))))),
        ("externalMetrics", Section(
            ("enabled", Boolean()),
            ("port", Whole(1024, 65535)),
            ("certificate", Section(
                ("secretName", Text(OptionalName)),
                ("caBundle", Text("^(-----BEGIN CERTIFICATE-----)?")),
                ("certManager", Section(("enabled", Boolean()), ("issuerRef", Section(("name", Text(Name)), ("kind", OneOf("Issuer", "ClusterIssuer")), ("group", Text(Name)))))),
                ("days", Whole(1, 36500)))))),
        ("autoscaling", Section(
            ("enabled", Boolean()),
            ("minReplicas", Whole(1)),
            ("maxReplicas", Whole(1)),
            ("targetJobs", Optional(Whole(1))),
            ("metrics", List(settings.Of(typeof(V2MetricSpec)))),
            ("behavior", settings.Of(typeof(V2HorizontalPodAutoscalerBehavior))))),
        ("keda", Section(
            ("enabled", Boolean()),
            ("minReplicas", Whole(1)),
            ("maxReplicas", Whole(1)),
            ("pollingInterval", Whole(1)),
            ("cooldownPeriod", Whole(0)),
            ("prometheus", Text("^(https?://.+)?$")),
            ("triggers", List(Anything())))),
        ("podDisruptionBudget", Section(
            ("enabled", Boolean()), ("maxUnavailable", Type(["string", "integer", "null"])), ("minAvailable", Type(["string", "integer", "null"])))),
        ("networkPolicy", Section(("enabled", Boolean()), ("from", List(settings.Of(typeof(V1NetworkPolicyPeer)))))),
        ("serviceAccount", Section(("create", Boolean()), ("name", Text(OptionalName)), ("annotations", Texts(settings)))),
        ("service", Section(("labels", Texts(settings)), ("annotations", Texts(settings)))),
        ("clusterReads", Section(("enabled", Boolean()))),
        ("services", Section(
            ("enabled", Boolean()),
            ("artifacts", Boolean()),
            ("url", Text("^(https?://.+)?$")),
            ("port", Whole(1024, 65535)),
            ("metricsPort", Whole(1024, 65535)),
            ("size", Text("^[0-9]+(\\.[0-9]+)?(G|T|Gi|Ti)$")),
            ("cacheSize", Text("^[0-9]+(\\.[0-9]+)?(G|T|Gi|Ti)$")),
            ("cacheDays", Whole(1, 3650)),
            ("artifactDays", Whole(1, 3650)),
            ("storage", Section(
                ("storageClass", Text(OptionalName)), ("accessModes", AccessModes()), ("existingClaim", Text(OptionalName)), ("volume", Anything()))),
            ("s3", Section(
                ("bucket", Text("^([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])?$")),
                ("endpoint", Text("^(https?://.+)?$")),
                ("pathStyle", Boolean()),
                ("region", Text("^[A-Za-z0-9-]*$")),
                ("prefix", Text("^([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?)?$")),
                ("redirect", Boolean()),
                ("credentialsSecret", Text(OptionalName)),
                ("replicas", Whole(1, 100)))),
            ("serviceAccount", Section(("annotations", Texts(settings)))),
            ("from", List(settings.Of(typeof(V1NetworkPolicyPeer)))),
            ("keySecretName", Text(OptionalName)),
            ("service", Section(("clusterIP", Text("^[0-9a-fA-F.:]*$")), ("annotations", Texts(settings)))),
            ("resources", settings.Of(typeof(V1ResourceRequirements))),
            ("nodeSelector", settings.Of(typeof(IDictionary<string, string>))),
            ("tolerations", settings.Of(typeof(IList<V1Toleration>))),
            ("affinity", settings.Of(typeof(V1Affinity))))),
        ("commonLabels", Texts(settings)),
        ("extraObjects", List(Type(["object", "string"]))),
    ];

    /// <summary>The agents' own pods.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> Agent(SettingsSchema settings) =>
    [
        ("replicas", Whole(0)),
        ("metricsPort", Whole(1, 65535)),
        ("annotations", Texts(settings)),
        ("podAnnotations", Texts(settings)),
        ("podLabels", Texts(settings)),
        ("env", new JsonObject { ["type"] = "object", ["additionalProperties"] = Type(["string", "number", "boolean"]) }),
        ("envFrom", List(settings.Of(typeof(V1EnvFromSource)))),
        ("extraVolumes", List(Required(Anything(), "name"))),
        ("extraVolumeMounts", List(settings.Of(typeof(V1VolumeMount)))),
        ("hostAliases", List(settings.Of(typeof(V1HostAlias)))),
        ("probes", Section(
            ("startup", settings.Of(typeof(V1Probe))), ("readiness", settings.Of(typeof(V1Probe))), ("liveness", settings.Of(typeof(V1Probe))))),
        ("updateStrategy", settings.Of(typeof(V1DeploymentStrategy))),
        ("priorityClassName", Text(OptionalName)),
        ("terminationGracePeriodSeconds", Optional(Whole(1))),
        ("podSecurityContext", settings.Of(typeof(V1PodSecurityContext))),
        ("securityContext", settings.Of(typeof(V1SecurityContext))),
        ("resources", settings.Of(typeof(V1ResourceRequirements))),
        ("topologySpreadConstraints", List(settings.Of(typeof(V1TopologySpreadConstraint)))),
        ("nodeSelector", settings.Of(typeof(IDictionary<string, string>))),
        ("tolerations", settings.Of(typeof(IList<V1Toleration>))),
        ("affinity", settings.Of(typeof(V1Affinity))),
    ];

    /// <summary>What is made in the namespace of the jobs.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> Jobs(SettingsSchema settings) =>
    [
        ("jobs", Section(
            ("createNamespace", Boolean()),
            ("namespaceLabels", Texts(settings)),
            ("toolCache", Section(
                ("create", Boolean()),
                ("size", settings.Of(typeof(ResourceQuantity))),
                ("storageClass", Text(OptionalName)),
                ("accessModes", AccessModes()))),
            ("networkPolicy", Section(
                ("enabled", Boolean()), ("blocked", List(Text("^[0-9a-fA-F.:]+/[0-9]+$"))), ("egress", List(settings.Of(typeof(V1NetworkPolicyEgressRule)))))),
            ("resourceQuota", settings.Of(typeof(IDictionary<string, ResourceQuantity>))),
            ("limitRange", List(settings.Of(typeof(V1LimitRangeItem)))),
            ("priorityClass", Section(
                ("create", Boolean()),
                ("name", Text(OptionalName)),
                ("value", Whole(-2_147_483_648, 1_000_000_000)),
                ("preemptionPolicy", OneOf("Never", "PreemptLowerPriority")))))),
    ];

    private static JsonObject AccessModes() => List(OneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"));

    private static JsonObject Monitor(SettingsSchema settings) =>
        Section(("enabled", Boolean()), ("interval", Text(Duration)), ("labels", Texts(settings)), ("namespace", Text(OptionalName)));

    private static JsonObject Texts(SettingsSchema settings) => settings.Of(typeof(IDictionary<string, string>));
}
