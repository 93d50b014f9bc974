using System.Text.RegularExpressions;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Validation;

/// <summary>
/// How the API server wants names and texts to be written (documentation, "Object Names and IDs"). It would refuse every pod with one that
/// is not, long after the agent started. Pure.
/// </summary>
internal static partial class NamingRules
{
    private const int MaxLabel = 63;
    private const int MaxSubdomain = 253;
    private const string ImageForm = "expected an image such as registry.example/name:tag";

    private static readonly string[] AccessModes = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];
    private static readonly string[] DnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];

    /// <summary>What is wrong, each with the setting's path below the section.</summary>
    public static IEnumerable<(string Name, string Problem)> Check(KubernetesOptions options) =>
        Some(
        [
            Label("namespace", options.Namespace),
            Subdomain("serviceAccount", options.ServiceAccount),
            Subdomain("storageClass", options.StorageClass),
            Image("runnerImage", options.RunnerImage),
            Image("defaultImage", options.DefaultImage.Replace("{version}", "latest", StringComparison.Ordinal)),
            Image("defaultWindowsImage", options.DefaultWindowsImage?.Replace("{version}", "latest", StringComparison.Ordinal)),
            .. options.ImagePullSecrets.Select((name, index) => Subdomain($"imagePullSecrets[{index}]", name, isRequired: true)),
            Subdomain("hooks.configMap", options.Hooks.ConfigMap),
            .. Volume("storage.workspace", options.Storage.Workspace),
            .. Volume("storage.toolCache", options.Storage.ToolCache),
            OneOf("networking.dnsPolicy", options.Networking.DnsPolicy, DnsPolicies),
            NameServers(options.Networking),
            .. Limits("defaultResources", options.DefaultResources),
            .. options.Platforms.SelectMany(platform => Platform($"platforms.{platform.Key}", platform.Value)),
        ]);

    private static IEnumerable<(string Name, string Problem)?> Platform(string name, PlatformOptions platform) =>
    [
        Image($"{name}.image", platform.Image),
        Subdomain($"{name}.runtimeClass", platform.RuntimeClass),
        Subdomain($"{name}.serviceAccount", platform.ServiceAccount),
        platform.Priority is { } priority && !int.TryParse(priority, out _) ? Subdomain($"{name}.priority", priority) : null,
        .. Labels($"{name}.nodeSelector", platform.NodeSelector),
        .. Labels($"{name}.labels", platform.Labels),
        .. platform.Annotations.Keys.Select(key => Key($"{name}.annotations.{key}", key)),
        .. platform.Env.Keys.Select(key => Variable($"{name}.env.{key}", key)),
        .. Limits($"{name}.resources", platform.Resources),
    ];

    private static IEnumerable<(string Name, string Problem)?> Volume(string name, VolumeOptions volume) =>
    [
        Subdomain($"{name}.storageClass", volume.StorageClass),
        Subdomain($"{name}.claimName", volume.ClaimName),
        .. volume.AccessModes.Select((mode, index) => OneOf($"{name}.accessModes[{index}]", mode, AccessModes)),
        volume.Path is { Length: > 0 } path && (!path.StartsWith('/') || path.Split('/').Contains(".."))
            ? ($"{name}.path", $"is '{path}', expected the absolute path of a folder of the node")
            : null,
    ];

    private static IEnumerable<(string Name, string Problem)?> Labels(string name, IDictionary<string, string> labels) =>
        labels.SelectMany(label => new[]
        {
            Key($"{name}.{label.Key}", label.Key),
            LabelRules.IsValue(label.Value) ? null : ($"{name}.{label.Key}", $"is '{label.Value}', which is no Kubernetes label value ({LabelRules.ValueRule})"),
        });

    private static IEnumerable<(string Name, string Problem)?> Limits(string name, ResourceOptions resources) =>
        from limit in resources.Limits
        let request = resources.Requests.TryGetValue(limit.Key, out var written) ? written : null
        where request is not null && Quantity.TryParse(request, out var least) && Quantity.TryParse(limit.Value, out var most) && least > most
        select ((string Name, string Problem)?)($"{name}.requests.{limit.Key}", $"is '{request}', more than the limit '{limit.Value}'");

    private static (string Name, string Problem)? Label(string name, string? text) =>
        text is null || (text.Length <= MaxLabel && DnsLabel().IsMatch(text))
            ? null
            : (name, $"is '{text}', which is no Kubernetes name (at most 63 small letters, digits and '-', a letter or digit first and last)");

    private static (string Name, string Problem)? Subdomain(string name, string? text, bool isRequired = false) =>
        (text is null or "" && !isRequired) || (text is not null && text.Length <= MaxSubdomain && DnsSubdomain().IsMatch(text))
            ? null
            : (name, $"is '{text}', which is no Kubernetes name (small letters, digits, '-' and '.', a letter or digit first and last)");

    private static (string Name, string Problem)? Key(string name, string key) =>
        LabelRules.IsKey(key) ? null : (name, $"'{key}' is no Kubernetes label key ({LabelRules.KeyRule})");

    private static (string Name, string Problem)? Variable(string name, string variable) =>
        variable.Length > 0 && !variable.Contains('=', StringComparison.Ordinal) && !variable.Any(char.IsControl)
            ? null
            : (name, $"'{variable}' is no name of an environment variable");

    private static (string Name, string Problem)? Image(string name, string? image) =>
        string.IsNullOrEmpty(image) || ImageName().IsMatch(image) ? null : (name, $"is '{image}', {ImageForm}");

    private static (string Name, string Problem)? OneOf(string name, string? text, string[] allowed) =>
        text is null || allowed.Contains(text, StringComparer.Ordinal) ? null : (name, $"is '{text}', expected one of {string.Join(", ", allowed)}");

    private static (string Name, string Problem)? NameServers(NetworkingOptions networking) =>
        networking is { DnsPolicy: "None", DnsConfig: null or { Nameservers: null or { Count: 0 } } }
            ? ("networking.dnsConfig.nameservers", "is not set, which dnsPolicy None needs")
            : null;

    private static IEnumerable<(string Name, string Problem)> Some(IEnumerable<(string Name, string Problem)?> found) =>
        found.Where(problem => problem is not null).Select(problem => problem.GetValueOrDefault());

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex DnsSubdomain();

    // Grammar of the distribution's references: [host[:port]/]path[:tag][@digest].
    [GeneratedRegex(
        "^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/|\\[[0-9a-fA-F:]+\\](:[0-9]+)?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ImageName();
}
