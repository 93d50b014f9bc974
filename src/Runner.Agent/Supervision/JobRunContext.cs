using Microsoft.Extensions.Logging;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Network;
using Runner.Agent.Reruns;
using Runner.Agent.Services;
using Runner.Agent.Tracing;
using Runner.Backends;

namespace Runner.Agent.Supervision;

/// <summary>What all job runs of an agent share.</summary>
internal sealed record JobRunContext(
    IJobBackend Backend, LaunchBreakers Breakers, RerunLedger Reruns, SupervisionOptions Options, AgentNetwork Network, AgentMetrics Metrics, TimeProvider Time, ILogger Logger)
{
    /// <summary>Shows the jobs to people.</summary>
    public required JobBoard Board { get; init; }

    /// <summary>Where a job is kept that has no place; <c>null</c>: nowhere.</summary>
    public IJobJournal? Journal { get; init; }

    /// <summary>Tokens for services of our own.</summary>
    public ServiceGrants Grants { get; init; } = ServiceGrants.None;

    /// <summary>Where the traces of jobs go.</summary>
    public TraceTargets Traces { get; init; } = TraceTargets.None;
}
