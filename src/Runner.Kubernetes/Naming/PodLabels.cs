using System.Globalization;
using k8s.Models;
using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Kubernetes.Options;

namespace Runner.Kubernetes.Naming;

/// <summary>
/// Labels and annotations of what we make. Labels are for selecting and for cost reports; annotations hold full texts and ownership.
/// </summary>
internal static class PodLabels
{
    public const string Domain = "act.nektos.com/";
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Instance = "app.kubernetes.io/instance";
    public const string JobId = Domain + "job-id";
    public const string RunId = Domain + "run-id";

    /// <summary>Label of a pod that is kept for a look: how its job ended, as <see cref="Succeeded"/> or <see cref="Failed"/>.</summary>
    public const string Finished = Domain + "finished";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    public const string Pool = Domain + "pool";

    /// <summary>Label of a Secret whose pod is not made yet. Taken off with the pod's creation, so that few Secrets ever have it.</summary>
    public const string Launching = Domain + "launching";

    /// <summary>Label of a Secret that keeps a job which an agent has taken and not launched yet.</summary>
    public const string Taken = Domain + "taken";

    /// <summary>Label of a Lease that is a note of agents, and annotation that holds its text.</summary>
    public const string Note = Domain + "note";

    /// <summary>Label of a pod that waits for a job, or did until it got one: what such pods have in common (<see cref="Spec.WarmPodBuilder"/>).</summary>
    public const string Warm = Domain + "warm";

    /// <summary>Annotation of a pod whose job's Secret is not named like it: its name.</summary>
    public const string Secret = Domain + "secret";

    /// <summary>Annotation of a Secret whose job is to have a pod that waits: its name.</summary>
    public const string Pod = Domain + "pod";

    /// <summary>Annotation of a pod that waits, and of one that did: name of its pool, whatever letters it has.</summary>
    public const string PoolName = Domain + "pool-name";

    /// <summary>Annotation of a pod that waited for its job: when it got it, round-trip format.</summary>
    public const string TakenAt = Domain + "taken-at";

    /// <summary>Annotation: the agent that watches the job, as <c>name/instance</c>.</summary>
    public const string Owner = Domain + "agent";

    /// <summary>Annotation: when the message was seen, round-trip format.</summary>
    public const string MessageSeen = Domain + "message-seen";

    /// <summary>Annotation of a pod: by which its worker's outcome is told from a step's (<see cref="Jobs.Outcomes.OutcomeProof"/>).</summary>
    public const string OutcomeChecks = Domain + "outcome-checks";

    /// <summary>Annotation of a pod: the Pod Security Standard that it and every container added to it keep to.</summary>
    public const string SecurityLevel = Domain + "pod-security-standard";

    public const string Us = "runner-agent";

    private const string Name = "app.kubernetes.io/name";
    private const string Component = "app.kubernetes.io/component";

    /// <summary>Annotation: whether a cluster's autoscaler may take the pod away. Of a pod without a controller it must be told so (its FAQ).</summary>
    public const string SafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";

    /// <summary>Annotations of a pod that has a job, which cannot be moved to another node: autoscalers must not try.</summary>
    public static IReadOnlyDictionary<string, string> Unmovable { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [SafeToEvict] = "false",
        ["karpenter.sh/do-not-disrupt"] = "true",
    };

    /// <summary>Selector of everything that agents of an instance made for jobs that are not over.</summary>
    public static string RunningSelector(string instance) => $"{ManagedBy}={Us},{Instance}={instance},{JobId},!{Finished}";

    /// <summary>Selector of the pods that are kept for a look.</summary>
    public static string FinishedSelector(string instance) => $"{ManagedBy}={Us},{Instance}={instance},{Finished}";

    /// <summary>Selector of the Secrets of launches that are under way, or were when their agent ended.</summary>
    public static string LaunchingSelector(string instance) => $"{ManagedBy}={Us},{Instance}={instance},{JobId},{Launching}";

    /// <summary>Selector of what was made for one job.</summary>
    public static string JobSelector(string instance, Jobs.JobId job) => $"{ManagedBy}={Us},{Instance}={instance},{JobId}={job}";

    /// <summary>Selector of pods that wait for a job.</summary>
    public static string WarmSelector(string instance) => $"{ManagedBy}={Us},{Instance}={instance},{Warm},!{JobId}";

    /// <summary>Name of the pod that waited and that a Secret's job is to have, or <c>null</c>.</summary>
    public static string? PodOf(V1ObjectMeta secret) => secret.Annotations is { } annotations && annotations.TryGetValue(Pod, out var name) ? name : null;

    /// <summary>Whether a job's pod waited for it.</summary>
    public static bool IsWarm(V1ObjectMeta pod) => pod.Annotations?.ContainsKey(TakenAt) == true;

    /// <summary>Name of the Secret of a job's pod.</summary>
    public static string SecretOf(V1ObjectMeta pod) => pod.Annotations is { } annotations && annotations.TryGetValue(Secret, out var name) ? name : pod.Name;

    /// <summary>The agent that an object is of, or <c>null</c>.</summary>
    public static string? OwnerOf(V1ObjectMeta metadata) =>
        metadata.Annotations is { } annotations && annotations.TryGetValue(Owner, out var owner) ? owner : null;

    /// <summary>Labels of a job's pod and Secret.</summary>
    public static SortedDictionary<string, string> LabelsOf(JobLaunch launch, string instance)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Name] = "runner-job",
            [Component] = "job",
            [ManagedBy] = Us,
            [Instance] = instance,
            [Domain + "backend"] = "kubernetes",
            [JobId] = launch.JobId.ToString(),
            [Domain + "attempt"] = launch.Attempt.ToString(CultureInfo.InvariantCulture),
        };
        Add(labels, "pool", launch.Pool);
        Add(labels, "workflow", GitHub(launch, "workflow"));
        Add(labels, "job", GitHub(launch, "job") ?? launch.Job.JobDisplayName);
        Add(labels, "run-id", GitHub(launch, "run_id") ?? launch.Job.Plan.PlanId.ToString());
        Add(labels, "run-attempt", GitHub(launch, "run_attempt"));
        Add(labels, "repository", GitHub(launch, "repository")?.Replace('/', '.'));
        Add(labels, "actor", GitHub(launch, "actor"));
        Add(labels, "event", GitHub(launch, "event_name"));
        return labels;
    }

    /// <summary>Labels of a pod that waits for a job of a pool. Those of the job replace them, but for <see cref="Warm"/>.</summary>
    public static SortedDictionary<string, string> LabelsOfWarm(string pool, string shape, string instance)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Name] = "runner-job",
            [Component] = "warm",
            [ManagedBy] = Us,
            [Instance] = instance,
            [Domain + "backend"] = "kubernetes",
            [Warm] = shape,
        };
        Add(labels, "pool", pool);
        return labels;
    }

    /// <summary>Annotations of a job's pod and Secret.</summary>
    public static SortedDictionary<string, string> AnnotationsOf(JobLaunch launch, string owner)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Owner] = owner,
            [MessageSeen] = launch.MessageSeen.ToString("O", CultureInfo.InvariantCulture),
            [Domain + "job-name"] = launch.Job.JobDisplayName,
            [Domain + "runner"] = launch.Runner.Name,
        };
        if (GitHub(launch, "repository") is { } repository)
        {
            annotations[Domain + "repository"] = repository;
        }

        if (GitHub(launch, "ref") is { } reference)
        {
            annotations[Domain + "ref"] = reference;
        }

        return annotations;
    }

    private static string? GitHub(JobLaunch launch, string name) =>
        launch.Job.ContextData.TryGetValue("github", out var data) && data is DictionaryData github ? github.FindText(name) : null;

    private static void Add(SortedDictionary<string, string> labels, string name, string? text)
    {
        if (text is not null && LabelRules.ToValue(text) is { Length: > 0 } value)
        {
            labels[Domain + name] = value;
        }
    }
}
