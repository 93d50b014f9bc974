using Runner.Execution.Contexts;
using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Steps;

/// <summary>Where steps run one after the other: the job, or a composite action inside of it. It decides what they see and what their end means.</summary>
internal sealed class StepLevel
{
    private readonly JobContexts _contexts;
    private readonly StepMembers _members;
    private readonly Value? _inputs;
    private readonly StepStage _stage;
    private readonly bool _isComposite;
    private Conclusion _result = Conclusion.Succeeded;

    private StepLevel(JobContexts contexts, StepMembers members, StepResults steps, SharedEnvironment shared)
    {
        _contexts = contexts;
        _members = members;
        Steps = steps;
        Shared = shared;
        Files = contexts.Job.Message.FileTable;
    }

    private StepLevel(StepRun caller, LoadedAction action, Value inputs)
        : this(caller.Level._contexts, caller.Members.Copy(), caller.Use.InnerResults, caller.Scope.Shared)
    {
        _isComposite = true;
        _inputs = inputs;
        _stage = caller.Stage;
        _members.Set("action_path", action.Folder);
        Files = action.Manifest.FileTable;
        Overrides = Layers.Merge(StringComparer.Ordinal, caller.Level.Overrides, caller.OwnEnvironment);
    }

    /// <summary>The job.</summary>
    public JobScope Job => _contexts.Job;

    /// <summary>Results of the steps so far.</summary>
    public StepResults Steps { get; }

    /// <summary>What they leave to each other.</summary>
    public SharedEnvironment Shared { get; }

    /// <summary>Names of the files that tokens of the steps stand in.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Variables that the steps around this level set: they win over <see cref="Shared"/>.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; } = new Dictionary<string, string>();

    /// <summary><c>defaults.run</c>; a composite action has none.</summary>
    public RunDefaults RunDefaults => _isComposite ? new RunDefaults(null, null) : Progress.RunDefaults;

    /// <summary>The <c>runner</c> context.</summary>
    public ObjectValue Runner => _contexts.Runner;

    /// <summary>Result of the level so far.</summary>
    public Conclusion Result => _isComposite ? _result : Progress.Result;

    private Conclusion Status => _isComposite && _stage == StepStage.Main && Progress.Result != Conclusion.Canceled ? _result : Progress.Result;

    private JobProgress Progress => _contexts.Progress;

    /// <summary>The level of a job.</summary>
    public static StepLevel OfJob(JobContexts contexts) => new(contexts, contexts.Progress.Members, contexts.Progress.Steps, contexts.Progress.Shared);

    /// <summary>The level inside of a step's composite action.</summary>
    /// <param name="action">The action.</param>
    /// <param name="inputs">Its evaluated inputs.</param>
    public static StepLevel OfComposite(StepRun caller, LoadedAction action, Value inputs) => new(caller, action, inputs);

    /// <summary>
    /// The level of a job as it is now, for a step in the background: what that step leaves to others is theirs only after <see cref="TakeOver"/>.
    /// </summary>
    public StepLevel Fork() => new(_contexts, _members.Copy(), Steps.Copy(), Shared.Fork());

    /// <summary>Takes over what the step on a fork left to the steps after it.</summary>
    public void TakeOver(StepLevel fork, JobStep step, StepEnd end)
    {
        Shared.Merge(fork.Shared);
        Steps.Add(step.ContextName, end.Outputs, end.Outcome, end.Conclusion);
    }

    /// <summary>
    /// Which members of <c>github</c> a step sees and sets. Those of the job share one set, as they do in GitHub's runner: before a step has set its own it
    /// sees what the step before it left. Each step of a composite action has a copy of what its caller had.
    /// </summary>
    public StepMembers MembersOf(StepUse use)
    {
        if (_isComposite)
        {
            return _members.Copy();
        }

        if (use.IsOfWorkflow)
        {
            _members.Set("action", use.Step.Name ?? use.Step.ContextName ?? string.Empty);
        }

        return _members;
    }

    /// <summary>The <c>github</c> context of a step.</summary>
    public ObjectValue GitHub(StepMembers members) => _contexts.GitHub.With(
        _isComposite ? members.Entries.Append(KeyValuePair.Create("action_status", StatusText.Of(Status))) : members.Entries);

    /// <summary>The <c>github</c> context of the level itself.</summary>
    public ObjectValue GitHub() => GitHub(_members);

    /// <summary>The variables of a step before its own.</summary>
    public Dictionary<string, string> Variables() => Layers.Merge(StringComparer.Ordinal, Shared.Variables, Overrides);

    /// <summary>What expressions of a step can see.</summary>
    public EvaluationContext Contexts(ObjectValue github, IReadOnlyDictionary<string, string> environment) =>
        _contexts.Of(github, environment, Steps, StatusText.Of(Status), _isComposite ? _inputs ?? ObjectValue.Empty : null);

    /// <summary>Takes a step's result in: only a failed one changes the level's, and none that is worse already.</summary>
    public void TakeIn(Conclusion step)
    {
        if (!_isComposite)
        {
            Progress.TakeIn(step);
        }
        else if (step is Conclusion.Failed or Conclusion.Canceled && _result < step)
        {
            _result = step;
        }
    }
}
