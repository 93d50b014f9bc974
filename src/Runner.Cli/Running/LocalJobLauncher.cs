using System.Security.Cryptography;
using System.Text;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Workflows.Containers;
using Runner.Workflows.Messages;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>Launches planned jobs with settings that all of them share, each on the backend that was chosen for it.</summary>
/// <param name="settings">What all jobs are given.</param>
/// <param name="backendOf">Where a job goes.</param>
/// <param name="refuse">How a job ends that cannot run there; <c>null</c>: it can.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalJobLauncher(
    LocalJobSettings settings, Func<PlannedJob, IJobBackend> backendOf, Func<PlannedJob, LocalJobResult?> refuse, TimeProvider time) : IJobLauncher
{
    // Switches of the job message that GitHub has on for everybody.
    private static readonly KeyValuePair<string, string>[] Features =
    [
        KeyValuePair.Create(JobVariables.EnhancedAnnotations, "true"),
        KeyValuePair.Create(JobVariables.SendJobLevelAnnotations, "true"),
        KeyValuePair.Create(JobVariables.SelfRepository, "true"),
        KeyValuePair.Create(JobVariables.AllowArtifactsFile, "true"),
    ];

    public string BackendOf(PlannedJob planned) => backendOf(planned).Name;

    public LocalJobResult? Refuse(PlannedJob planned) => refuse(planned);

    public bool KeepsFailed => settings.KeepsFailedOf is not null;

    public void Ended(JobId job) => settings.EndServices(job);

    public Task<IJobHandle> LaunchAsync(PlannedJob planned, PlanId planId, CancellationToken cancellationToken) =>
        backendOf(planned).LaunchAsync(LaunchOf(planned, planId, settings, time.GetUtcNow()), cancellationToken);

    /// <summary>What a backend is asked for.</summary>
    /// <exception cref="WorkflowException">The job's containers cannot be evaluated.</exception>
    public static JobLaunch LaunchOf(PlannedJob planned, PlanId planId, LocalJobSettings settings, DateTimeOffset seen)
    {
        var jobId = new JobId(Guid.NewGuid());
        var message = planned.ToJobMessage(new JobMessageContext
        {
            PlanId = planId,
            JobId = jobId,
            SystemConnection = settings.Services(planned, planId, jobId),
            GitHubToken = settings.GitHubToken,
            Variables = [.. Features, .. SecretsNotPassed(planned), .. settings.Variables],
        });
        return new JobLaunch
        {
            Job = message,
            Runner = settings.Runner,
            Labels = planned.Labels,
            Containers = JobContainersEvaluator.Evaluate(message),
            MessageSeen = seen,
            Reporting = ReportingTarget.Launcher,
            Requests = settings.Requests,
            Network = settings.Network,
            BoundWorkspace = settings.BoundWorkspace,
            OwnCheckout = !settings.SkipsOwnCheckout ? OwnCheckout.Runs : settings.BoundWorkspace is null ? OwnCheckout.IsThere : OwnCheckout.IsBound,
            Hold = settings.HoldOnFailure is { } time ? new FailureHold { Time = time } : null,
            Usage = settings.Measures ? new UsageReport { InSummary = true } : null,
            KeepAs = settings.KeepsFailedOf is { } checkout ? KeptName(planned, checkout) : null,
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> SecretsNotPassed(PlannedJob planned) =>
        string.Join(',', planned.SecretsNotPassed.Order(StringComparer.Ordinal)) is { Length: > 0 } names
            ? [KeyValuePair.Create(JobVariables.SecretsNotPassed, names)]
            : [];

    // The same for the same job of the same checkout, so that at most its last failure stays.
    private static string KeptName(PlannedJob planned, string checkout)
    {
        var workflow = planned.Plan.Workflow.Path;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{checkout}\n{workflow}\n{planned.Id}")));
        return $"{Path.GetFileNameWithoutExtension(workflow)}-{planned.Id.JobKey}-{digest[..8]}";
    }
}
