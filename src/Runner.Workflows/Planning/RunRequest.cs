using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Secrets;

namespace Runner.Workflows.Planning;

/// <summary>What a run of a workflow starts from.</summary>
public sealed record RunRequest
{
    /// <summary>Name of the event, such as <c>push</c>.</summary>
    public required string EventName { get; init; }

    /// <summary>The event's payload: <c>github.event</c>.</summary>
    public ContextData Event { get; init; } = DictionaryData.Empty;

    /// <summary>
    /// The <c>github</c> context: <c>repository</c>, <c>sha</c>, <c>ref</c>, <c>actor</c>, <c>run_id</c>, … The planner adds the event, the
    /// workflow's name and what follows from the others, where they are missing.
    /// </summary>
    public DictionaryData GitHub { get; init; } = DictionaryData.Empty;

    /// <summary>
    /// Values of inputs, or <c>null</c>: none are given. Those of <c>workflow_dispatch</c> and <c>workflow_call</c> may come as texts: they are
    /// typed, checked and filled up with defaults, and win over <c>inputs</c> of the payload.
    /// </summary>
    public DictionaryData? Inputs { get; init; }

    /// <summary>
    /// Values that a matrix is cut down to: of each name given here, a leg must have one of the values. A leg that lacks the name stays.
    /// Default empty: all legs.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> MatrixFilter { get; init; } = [];

    /// <summary>The <c>vars</c> context.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Vars { get; init; } = [];

    /// <summary>Environment variables of all jobs, those of called workflows too. What a workflow sets wins. Default empty.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Env { get; init; } = [];

    /// <summary><c>secrets.GITHUB_TOKEN</c> for jobs that pass it to a workflow that they call; <c>null</c>: what <see cref="Secrets"/> says.</summary>
    public Secret? GitHubToken { get; init; }

    /// <summary>The secrets that the jobs get.</summary>
    public ImmutableArray<KeyValuePair<string, Secret>> Secrets { get; init; } = [];
}
