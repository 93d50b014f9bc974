using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Templates;

namespace Runner.Kubernetes.Placement;

/// <summary>A placement in the making. It remembers which label asked for what, so that a contradiction can name both.</summary>
internal sealed class PlacementDraft(KubernetesOptions options)
{
    private readonly SortedDictionary<string, (string Value, string Label)> _selector = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (string Value, string Label)> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _limitOnly = new(StringComparer.Ordinal);
    private readonly List<V1Toleration> _tolerations = [];
    private PlatformOptions? _platform;
    private string? _platformName;
    private string _version = "latest";

    public KubernetesOptions Options => options;

    /// <summary>The image as far as it is known.</summary>
    public string Image => _platform?.Image ?? DefaultImage();

    public void UsePlatform(string name, PlatformOptions platform)
    {
        (_platform, _platformName) = (platform, name);
        _tolerations.AddRange(platform.Tolerations);
        foreach (var (key, value) in platform.NodeSelector)
        {
            _selector[key] = (value, name);
        }
    }

    /// <summary>Sets which version of the default image is meant.</summary>
    public void UseImageVersion(string version) => _version = version;

    /// <summary>Asks for nodes with a label, written <c>key=value</c>.</summary>
    public string Select(string label, string nodeLabel)
    {
        var parts = nodeLabel.Split('=', 2);
        var (key, value) = (parts[0], parts[1]);
        if (_selector.TryGetValue(key, out var present) && present.Value != value)
        {
            throw new WorkflowException(
                $"runs-on: '{present.Label}' and '{label}' contradict each other: " +
                $"one asks for nodes with {key}={present.Value}, the other with {key}={value}");
        }

        _selector.TryAdd(key, (value, label));
        return $"node {key}={value}";
    }

    /// <summary>Asks for an amount of a resource, as request and limit.</summary>
    public string Resource(string label, string resource, string quantity)
    {
        if (_asked.TryGetValue(resource, out var present) && present.Value != quantity)
        {
            throw new WorkflowException(
                $"runs-on: '{present.Label}' and '{label}' contradict each other: {resource} {present.Value} or {quantity}?");
        }

        _asked.TryAdd(resource, (quantity, label));
        return $"{resource} {quantity}";
    }

    /// <summary>Asks for an amount of an extended resource, of which only the limit is set.</summary>
    public string Limit(string label, string resource, string quantity)
    {
        _limitOnly.Add(resource);
        return Resource(label, resource, quantity);
    }

    public void Tolerate(V1Toleration toleration)
    {
        if (!_tolerations.Contains(toleration))
        {
            _tolerations.Add(toleration);
        }
    }

    public PodPlacement Finish(ImmutableArray<LabelUse> trace)
    {
        var requests = Merge(options.DefaultResources.Requests, _platform?.Resources.Requests, resource => !_limitOnly.Contains(resource));
        var limits = Merge(options.DefaultResources.Limits, _platform?.Resources.Limits, _ => true);
        foreach (var (resource, limit) in limits)
        {
            CheckLimit(resource, requests.GetValueOrDefault(resource), limit);
        }

        return new PodPlacement
        {
            Image = Image,
            Platform = _platformName,
            NodeSelector = _selector.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.Ordinal),
            Tolerations = [.. _tolerations],
            Affinity = _platform?.Affinity,
            PodTemplate = PodTemplates.Of(options.PodTemplate, _platform?.PodTemplate),
            TopologySpread = [.. _platform?.TopologySpreadConstraints ?? []],
            Requests = requests,
            Limits = limits,
            RuntimeClass = _platform?.RuntimeClass,
            Priority = _platform?.Priority,
            ServiceAccount = _platform?.ServiceAccount ?? options.ServiceAccount,
            SecurityContext = _platform?.SecurityContext,
            PodSecurityLevel = PodSecurityLevels.Parse(_platform?.PodSecurityStandard ?? options.Security.PodSecurityStandard),
            Labels = Sorted(_platform?.Labels),
            Annotations = Sorted(_platform?.Annotations),
            Environment = Sorted(_platform?.Env),
            Trace = trace,
        };
    }

    private static ImmutableSortedDictionary<string, string> Sorted(IDictionary<string, string>? pairs) =>
        (pairs ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static void CheckLimit(string resource, string? request, string limit)
    {
        if (request is not null && Quantity.TryParse(request, out var least) && Quantity.TryParse(limit, out var most) && least > most)
        {
            throw new WorkflowException(string.Create(
                CultureInfo.InvariantCulture,
                $"The job asks for {resource} {request} at least and {limit} at most; mend the platform's resources or defaultResources"));
        }
    }

    private ImmutableSortedDictionary<string, string> Merge(
        IDictionary<string, string> defaults, IDictionary<string, string>? platform, Func<string, bool> takesAsked) =>
        Sorted(defaults)
            .SetItems(platform ?? ImmutableDictionary<string, string>.Empty)
            .SetItems(_asked.Where(entry => takesAsked(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value)));

    private string DefaultImage()
    {
        var isWindows = _selector.TryGetValue(NodeLabels.Os, out var os) && os.Value == "windows";
        var image = isWindows
            ? options.DefaultWindowsImage ?? throw new WorkflowException(
                $"runs-on: '{os.Label}' asks for Windows, for which no image is configured (kubernetes.defaultWindowsImage). " +
                PlacementRules.Known(options))
            : options.DefaultImage;
        return image.Replace("{version}", _version, StringComparison.Ordinal);
    }
}
