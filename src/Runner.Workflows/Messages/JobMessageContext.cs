using System.Collections.Immutable;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;

namespace Runner.Workflows.Messages;

/// <summary>What whoever sends a job adds to it: ids, addresses, tokens.</summary>
public sealed record JobMessageContext
{
    /// <summary>Id of the run's plan.</summary>
    public required PlanId PlanId { get; init; }

    /// <summary>Id of the job's record.</summary>
    public required JobId JobId { get; init; }

    /// <summary>Id of the timeline. Default: the plan's id.</summary>
    public Guid? TimelineId { get; init; }

    /// <summary>Id of the V1 lock. Default 0.</summary>
    public long RequestId { get; init; }

    /// <summary><c>PipelineAgentJobRequest</c> or <c>RunnerJobRequest</c> (default).</summary>
    public string MessageType { get; init; } = "RunnerJobRequest";

    /// <summary>The <c>SystemVssConnection</c> endpoint with its token and addresses.</summary>
    public required ServiceEndpoint SystemConnection { get; init; }

    /// <summary>The job's token: <c>github.token</c>.</summary>
    public required Secret GitHubToken { get; init; }

    /// <summary>Base of the results service, or <c>null</c>.</summary>
    public Uri? ResultsEndpoint { get; init; }

    /// <summary>Base of action resolution, or <c>null</c>.</summary>
    public Uri? LaunchEndpoint { get; init; }

    /// <summary>Group of the runner. Default <c>Default</c>.</summary>
    public string RunnerGroupName { get; init; } = "Default";

    /// <summary>The job's number at the server, by which <c>job.check_run_id</c> and the rest of <c>job</c> are sent; <c>null</c>: they are not.</summary>
    public long? CheckRunId { get; init; }

    /// <summary>Further variables, such as feature switches; they win over the planner's own.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Variables { get; init; } = [];
}
