using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>What an action needs of its step.</summary>
/// <param name="Task">The stage of the step that runs.</param>
/// <param name="Scope">Where commands leave what they set.</param>
/// <param name="Members">What the step sets of <c>github</c>.</param>
/// <param name="GitHub">The step's <c>github</c> context.</param>
/// <param name="OwnEnvironment">The step's own <c>env</c>, evaluated; <see cref="StepScope.Environment"/> has that of the levels around it too.</param>
internal sealed record StepRun(
    StepTask Task, StepScope Scope, StepMembers Members, ObjectValue GitHub, IReadOnlyDictionary<string, string> OwnEnvironment)
{
    /// <summary>The step.</summary>
    public StepUse Use => Task.Use;

    /// <summary>The step, as the message or the manifest has it.</summary>
    public JobStep Step => Task.Use.Step;

    /// <summary>Which stage runs.</summary>
    public StepStage Stage => Task.Stage;

    /// <summary>Where it runs.</summary>
    public StepLevel Level => Task.Level;

    /// <summary>Its command files, absolute paths.</summary>
    public IReadOnlyList<string> CommandFiles { get; init; } = [];

    /// <summary>What its expressions can see.</summary>
    public EvaluationContext Contexts => Level.Contexts(GitHub, Scope.Environment);

    /// <summary>The same run, its <c>github</c> with what was set in <see cref="Members"/> meanwhile.</summary>
    public StepRun WithMembers() => this with { GitHub = Level.GitHub(Members) };
}
