using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Planning;

/// <summary>A job that is to run: one leg of a matrix, or the only one.</summary>
public sealed record PlannedJob
{
    internal PlannedJob(JobContexts contexts) => Contexts = contexts;

    /// <summary>Which one it is.</summary>
    public required PlannedJobId Id { get; init; }

    /// <summary>The run that it belongs to.</summary>
    public RunPlan Plan => Contexts.Plan;

    /// <summary>The job as the workflow has it.</summary>
    public required WorkflowJob Job { get; init; }

    /// <summary>Shown name, as in <c>build (linux, 3)</c>; at most 100 characters.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Labels that a runner must have, from <c>runs-on</c>.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Runner group of <c>runs-on</c>, or <c>null</c>.</summary>
    public string? RunnerGroup { get; init; }

    /// <summary>Whether the run goes on as if the job had succeeded when it fails.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>How long the job may run. Default 6 hours.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(360);

    /// <summary>How long the job may take to stop when it is cancelled. Default 5 minutes.</summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Its concurrency group, or <c>null</c>.</summary>
    public ConcurrencyRequest? Concurrency { get; init; }

    /// <summary>Name of the deployment environment, or <c>null</c>.</summary>
    public string? EnvironmentName { get; init; }

    /// <summary>Of a preview: its keys that hang on outputs, so that they come to something else in a run, or to nothing. Else empty.</summary>
    public ImmutableArray<string> Unknown { get; init; } = [];

    /// <summary>Names of the secrets that the run has and the calls on the way to the job did not pass on.</summary>
    public IEnumerable<string> SecretsNotPassed => Plan.Request.Secrets.Select(secret => secret.Key)
        .Except(Scope.Secrets.Select(secret => secret.Key), StringComparer.OrdinalIgnoreCase);

    /// <summary>The <c>matrix</c> context; null data where there is no matrix.</summary>
    public ContextData Matrix => Contexts.Matrix;

    /// <summary>What the job may do with caches (<c>cache-mode</c>); <c>null</c>: the workflow does not say, and its event decides.</summary>
    public CacheAccess? CacheAccess => JobRights.CacheAccessOf(Job, Scope);

    /// <summary>A warning that GitHub annotates the job with: it may save caches though its event is of low trust; <c>null</c>: there is none.</summary>
    public string? CacheWarning => CacheTrust.Warning(Plan, CacheAccess);

    internal JobContexts Contexts { get; }

    internal WorkflowScope Scope => Contexts.Scope;

    /// <summary>What the job's token may do.</summary>
    internal TokenPermissions Permissions => JobRights.PermissionsOf(Job, Scope);
}
