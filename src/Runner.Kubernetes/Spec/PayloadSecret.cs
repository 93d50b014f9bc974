using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Spec;

/// <summary>
/// The Secret through which a job's payload, its services' variables and its registry logins reach its pod, and from which another agent reads
/// the job. Pure.
/// </summary>
internal static class PayloadSecret
{
    // The API server takes a megabyte per object, its names and labels included.
    private const int MaxBytes = 1_000_000;
    private const string LaunchKey = "launch.json";
    private const string ContainersKey = "containers.json";

    /// <summary>The Secret of a launch, named like its pod, unless that waited for it.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="payload">What its worker gets.</param>
    /// <param name="owner">The agent.</param>
    /// <param name="options">Settings.</param>
    /// <param name="waiting">Name of the pod that waits and that the job is to have, or <c>null</c>: it gets a new one.</param>
    /// <exception cref="WorkflowException">The job is larger than a Secret can be.</exception>
    public static V1Secret Build(JobLaunch launch, LaunchPayload payload, string owner, KubernetesOptions options, string? waiting = null)
    {
        var labels = PodLabels.LabelsOf(launch, options.InstanceInUse);
        labels[PodLabels.Launching] = "true";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload);
        if (bytes.Length > MaxBytes)
        {
            throw new WorkflowException(string.Create(
                CultureInfo.InvariantCulture,
                $"The job's message has {bytes.Length:N0} bytes, more than the {MaxBytes:N0} that fit into a Kubernetes Secret; ") +
                "make its event payload, matrix or inputs smaller");
        }

        var data = new Dictionary<string, byte[]>
        {
            [PodPaths.PayloadKey] = bytes,
            [LaunchKey] = JsonSerializer.SerializeToUtf8Bytes(LaunchRecord.Of(launch, payload.Times.PodCreated ?? launch.MessageSeen, outcomeKey: null), PodsJson.Default.LaunchRecord),
            [ContainersKey] = JsonSerializer.SerializeToUtf8Bytes(launch.Containers, PodsJson.Default.JobContainers),
        };
        foreach (var (key, value) in ServicePods.SecretValues(launch.Containers))
        {
            data[key] = Encoding.UTF8.GetBytes(value);
        }

        var annotations = PodLabels.AnnotationsOf(launch, owner);
        if (waiting is not null)
        {
            annotations[PodLabels.Pod] = waiting;
        }

        var hasLogins = RegistryLogins.AreIn(launch.Containers);
        if (hasLogins)
        {
            data[RegistryLogins.SecretKey] = RegistryLogins.ToDockerConfig(launch.Containers);
        }

        return new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Type = hasLogins ? RegistryLogins.SecretType : "Opaque",
            Metadata = new V1ObjectMeta
            {
                Name = PodNames.For(launch),
                NamespaceProperty = options.Namespace,
                Labels = labels,
                Annotations = annotations,
            },
            Data = data,
        };
    }

    /// <summary>The launch that a Secret was made for, or <c>null</c> where it cannot be read.</summary>
    public static JobLaunch? ReadLaunch(V1Secret secret)
    {
        var payload = ReadPayload(secret);
        var record = Read(secret, LaunchKey, PodsJson.Default.LaunchRecord);
        var containers = Read(secret, ContainersKey, PodsJson.Default.JobContainers);
        return payload is null || record is null || containers is null ? null : record.ToLaunch() with { Job = payload.Job, Containers = containers };
    }

    /// <summary>The payload that a Secret holds, or <c>null</c> where it cannot be read.</summary>
    public static LaunchPayload? ReadPayload(V1Secret secret) => Read(secret, PodPaths.PayloadKey, PayloadJson.Default.LaunchPayload);

    /// <summary>Whether the launch that a Secret was made for is under way, or was when its agent ended.</summary>
    public static bool IsOfLaunching(V1Secret secret) => secret.Metadata.Labels?.ContainsKey(PodLabels.Launching) == true;

    /// <summary>What tells the outcome of the worker that a Secret is for from a step's; <c>null</c>: nothing does.</summary>
    public static string? ReadOutcomeChecks(V1Secret secret) =>
        Read(secret, PodPaths.PayloadKey, PodsJson.Default.PayloadKeys)?.OutcomeKey is { } key ? OutcomeProof.ChecksOf(new Secret(key)) : null;

    /// <summary>Values for a Secret that was made before these lines of a placement were known; <c>null</c>: it has them.</summary>
    public static Dictionary<string, byte[]?>? WithPlacement(V1Secret secret, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || ReadPayload(secret) is not { } payload || lines.All(line => payload.Runner.Placement.Contains(line)))
        {
            return null;
        }

        var noted = payload with { Runner = payload.Runner with { Placement = [.. payload.Runner.Placement, .. lines] } };
        return new() { [PodPaths.PayloadKey] = JsonSerializer.SerializeToUtf8Bytes(noted, PayloadJson.Default.LaunchPayload) };
    }

    /// <summary>Key of the worker's requests, as the Secret has it that its pod is given; <c>null</c>: it makes none, or nobody can tell.</summary>
    public static Secret? ReadLinkKey(V1Secret secret) =>
        Read(secret, PodPaths.PayloadKey, PodsJson.Default.PayloadKeys)?.LinkKey is { } key ? new Secret(key) : null;

    private static T? Read<T>(V1Secret secret, string key, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return secret.Data is { } data && data.TryGetValue(key, out var json) ? JsonSerializer.Deserialize(json, type) : null;
        }
        catch (JsonException)
        {
            return null; // of another version, or tampered with; the caller says so by the job's id
        }
    }
}

/// <summary>The keys of a payload, to be read without the job.</summary>
internal sealed record PayloadKeys
{
    /// <summary><see cref="LaunchPayload.OutcomeKey"/>.</summary>
    public string? OutcomeKey { get; init; }

    /// <summary><see cref="LaunchPayload.LinkKey"/>.</summary>
    public string? LinkKey { get; init; }

    /// <summary>Neither key.</summary>
    public override string ToString() => nameof(PayloadKeys);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(LaunchRecord))]
[JsonSerializable(typeof(PayloadKeys))]
[JsonSerializable(typeof(JobContainers))]
internal sealed partial class PodsJson : JsonSerializerContext;
