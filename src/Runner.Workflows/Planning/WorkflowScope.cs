using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Secrets;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary>One workflow within a run: the run's own, or one that a job of it calls, with what its jobs see of the outside.</summary>
internal sealed record WorkflowScope
{
    private ImmutableDictionary<string, Value>? _sharedValues;

    /// <summary>The run.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>The workflow.</summary>
    public required Workflow Workflow { get; init; }

    /// <summary>Where its file is.</summary>
    public required WorkflowPlace Place { get; init; }

    /// <summary>Its jobs, each behind those it needs.</summary>
    public required ImmutableArray<WorkflowJob> Jobs { get; init; }

    /// <summary>The <c>inputs</c> context; empty where there are none, as GitHub sends it.</summary>
    public required DictionaryData Inputs { get; init => (field, _sharedValues) = (value, null); }

    /// <summary>The secrets that its jobs get.</summary>
    public required ImmutableArray<KeyValuePair<string, Secret>> Secrets { get; init; }

    /// <summary>What the token of its jobs may do at most; <c>null</c>: all that is asked for.</summary>
    public TokenPermissions? Ceiling { get; init; }

    /// <summary>What its jobs may do with caches at most; <c>null</c>: no caller says.</summary>
    public CacheAccess? CacheCeiling { get; init; }

    /// <summary>Its concurrency group, or <c>null</c>.</summary>
    public ConcurrencyRequest? Concurrency { get; init; }

    /// <summary>Whether nothing runs and jobs are taken for such that succeed: what hangs on their outputs is not known then.</summary>
    public bool IsPreview { get; init; }

    /// <summary>Names of inputs that hang on outputs, in a preview.</summary>
    public ImmutableHashSet<string> UnknownInputs { get; init; } = [];

    /// <summary>Keys of the calling job that hang on outputs, in a preview: whether and how its jobs run is not known either.</summary>
    public ImmutableArray<string> UnknownOfCaller { get; init; } = [];

    /// <summary>What stands before the keys of its jobs: <c>caller/</c>; empty in the run's own workflow.</summary>
    public string IdPrefix { get; init; } = string.Empty;

    /// <summary>What stands before the shown names of its jobs: <c>caller / </c>; empty in the run's own workflow.</summary>
    public string NamePrefix { get; init; } = string.Empty;

    /// <summary>The contexts that all of its jobs share, converted once: the event's payload may be large.</summary>
    public ImmutableDictionary<string, Value> SharedValues => _sharedValues ??= ContextValues.ToContexts(SharedData);

    /// <summary>The same, as the job message carries them.</summary>
    public ImmutableArray<KeyValuePair<string, ContextData>> SharedData =>
    [
        KeyValuePair.Create<string, ContextData>("github", Plan.GitHub),
        KeyValuePair.Create<string, ContextData>("inputs", Inputs),
        KeyValuePair.Create<string, ContextData>("vars", DictionaryData.FromStrings(Plan.Request.Vars)),
    ];

    /// <summary>Key of one of its jobs within the run.</summary>
    public PlannedJobId IdOf(WorkflowJob job, int index) => new(IdPrefix + job.Id, index);
}
