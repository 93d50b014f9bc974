using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Runner.Agent.Configuration;

/// <summary>
/// Pieces of Kubernetes' own API inside the configuration: written as in a manifest, and read as strictly as our own settings. The API
/// server would drop a key that it does not know, and with it what the operator meant to forbid or to demand.
/// </summary>
internal static class KubernetesValues
{
    private static readonly string[] Present = ["Exists", "DoesNotExist"];
    private static readonly string[] Profiles = ["RuntimeDefault", "Localhost", "Unconfined"];
    private static readonly string[] Honoring = ["Honor", "Ignore"];

    // The closed sets of the API's reference; the types say only that a text is expected.
    private static readonly Dictionary<(Type Type, string Key), string[]> Sets = new()
    {
        [(typeof(V1Toleration), "operator")] = ["Exists", "Equal", "Lt", "Gt"],
        [(typeof(V1Toleration), "effect")] = ["NoSchedule", "PreferNoSchedule", "NoExecute"],
        [(typeof(V1NodeSelectorRequirement), "operator")] = ["In", "NotIn", .. Present, "Gt", "Lt"],
        [(typeof(V1LabelSelectorRequirement), "operator")] = ["In", "NotIn", .. Present],
        [(typeof(V1TopologySpreadConstraint), "whenUnsatisfiable")] = ["DoNotSchedule", "ScheduleAnyway"],
        [(typeof(V1TopologySpreadConstraint), "nodeAffinityPolicy")] = Honoring,
        [(typeof(V1TopologySpreadConstraint), "nodeTaintsPolicy")] = Honoring,
        [(typeof(V1Container), "imagePullPolicy")] = ["Always", "IfNotPresent", "Never"],
        [(typeof(V1Container), "restartPolicy")] = ["Always", "OnFailure", "Never"],
        [(typeof(V1Container), "terminationMessagePolicy")] = ["File", "FallbackToLogsOnError"],
        [(typeof(V1ContainerPort), "protocol")] = ["TCP", "UDP", "SCTP"],
        [(typeof(V1PodSpec), "dnsPolicy")] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        [(typeof(V1PodSpec), "preemptionPolicy")] = ["PreemptLowerPriority", "Never"],
        [(typeof(V1SeccompProfile), "type")] = Profiles,
        [(typeof(V1AppArmorProfile), "type")] = Profiles,
        [(typeof(V1SecurityContext), "procMount")] = ["Default", "Unmasked"],
        [(typeof(V1PodSecurityContext), "fsGroupChangePolicy")] = ["OnRootMismatch", "Always"],
        [(typeof(V1PodSecurityContext), "supplementalGroupsPolicy")] = ["Merge", "Strict"],
        [(typeof(V1PodSecurityContext), "seLinuxChangePolicy")] = ["MountOption", "Recursive"],
    };

    private static readonly Dictionary<Type, string[]> Needs = new()
    {
        [typeof(V1NodeSelectorRequirement)] = ["key", "operator"],
        [typeof(V1LabelSelectorRequirement)] = ["key", "operator"],
        [typeof(V1NodeSelector)] = ["nodeSelectorTerms"],
        [typeof(V1PreferredSchedulingTerm)] = ["weight", "preference"],
        [typeof(V1WeightedPodAffinityTerm)] = ["weight", "podAffinityTerm"],
        [typeof(V1PodAffinityTerm)] = ["topologyKey"],
        [typeof(V1TopologySpreadConstraint)] = ["maxSkew", "topologyKey", "whenUnsatisfiable"],
        [typeof(V1Container)] = ["name"],
        [typeof(V1Volume)] = ["name"],
        [typeof(V1VolumeMount)] = ["name", "mountPath"],
        [typeof(V1EnvVar)] = ["name"],
        [typeof(V1SeccompProfile)] = ["type"],
        [typeof(V1AppArmorProfile)] = ["type"],
        [typeof(V1Sysctl)] = ["name", "value"],
    };

    /// <summary>Whether a type is a piece of Kubernetes' API.</summary>
    public static bool IsOne(Type type) => type.Namespace?.StartsWith("k8s", StringComparison.Ordinal) == true;

    /// <summary>Whether a piece is written as a single value, such as a quantity.</summary>
    public static bool IsSingle(Type type) => type.IsDefined(typeof(JsonConverterAttribute));

    /// <summary>The keys of a piece, each with its property. What is made of a template has names of ours: of its metadata only these can be said.</summary>
    public static IEnumerable<PropertyInfo> Keys(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } && property.IsDefined(typeof(JsonPropertyNameAttribute)))
        .Where(property => type != typeof(V1ObjectMeta) || KeyName(property) is "labels" or "annotations");

    /// <summary>A key as a manifest writes it.</summary>
    public static string? KeyName(PropertyInfo property) => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;

    /// <summary>The texts that a key takes; empty: any.</summary>
    public static string[] Choices(Type type, string key) => Sets.GetValueOrDefault((type, key), []);

    /// <summary>The keys without which the API server refuses a piece.</summary>
    public static string[] Required(Type type) => Needs.GetValueOrDefault(type, []);

    /// <summary>What is wrong with a piece as a whole; <c>null</c>: nothing.</summary>
    public static string? Problem(object piece) => piece switch
    {
        V1Toleration { Key: null or "", OperatorProperty: not "Exists" } => "has no key, which only 'operator: Exists' may leave out",
        V1Toleration { OperatorProperty: "Exists", Value: { Length: > 0 } value } => $"has the value '{value}', which 'operator: Exists' does not take",
        V1Toleration { TolerationSeconds: not null, Effect: not ("NoExecute" or null) } => "has tolerationSeconds, which only 'effect: NoExecute' takes",
        _ => null,
    };

    /// <summary>Reads a piece that is a single value.</summary>
    /// <exception cref="JsonException">The text is no such value.</exception>
    public static object? Convert(Type type, ConfigScalar scalar)
    {
        JsonNode? json = scalar is { IsQuoted: false, Text: { } text } && long.TryParse(text, out var number) ? number : scalar.Text;
        return JsonSerializer.Deserialize(json, type);
    }

    /// <summary>Such a piece as JSON.</summary>
    public static string ToText(object value) => KubernetesJson.Serialize(value);
}
