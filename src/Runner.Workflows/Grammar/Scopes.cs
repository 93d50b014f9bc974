using Runner.Expressions.Values;

namespace Runner.Workflows.Grammar;

/// <summary>Which contexts are available where: <c>job-message.md</c> section 8.2 and GitHub's "Context availability" table.</summary>
internal static class Scopes
{
    /// <summary>Before any job: names, concurrency.</summary>
    public static ExpressionScope Run { get; } = ExpressionScope.Of("github", "inputs", "vars");

    /// <summary>The workflow's <c>env</c>.</summary>
    public static ExpressionScope RunEnvironment { get; } = Run.With("secrets");

    /// <summary><c>strategy</c>, which comes before the matrix is known.</summary>
    public static ExpressionScope Needs { get; } = Run.With("needs");

    /// <summary>A job's <c>if</c>.</summary>
    public static ExpressionScope JobCondition { get; } = Needs.With(
        FunctionDeclaration.Always,
        FunctionDeclaration.Parse("failure(0,MAX)"),
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Parse("success(0,MAX)"));

    /// <summary>What is settled before a job starts: <c>runs-on</c>, <c>name</c>, <c>container</c>.</summary>
    public static ExpressionScope Job { get; } = Needs.With("strategy", "matrix");

    /// <summary>A job's <c>env</c>, and secrets for a called workflow.</summary>
    public static ExpressionScope JobSecrets { get; } = Job.With("secrets");

    /// <summary>A job's <c>defaults.run</c>.</summary>
    public static ExpressionScope JobDefaults { get; } = Job.With("env");

    /// <summary>What a running job knows, without secrets.</summary>
    public static ExpressionScope Runner { get; } = Job.With("steps", "job", "runner", "env");

    /// <summary>A job's outputs and a container's <c>env</c>.</summary>
    public static ExpressionScope RunnerSecrets { get; } = Runner.With("secrets");

    /// <summary>Everything in a step but its <c>if</c>.</summary>
    public static ExpressionScope Step { get; } = RunnerSecrets.With(FunctionDeclaration.HashFiles);

    /// <summary>A step's <c>if</c>.</summary>
    public static ExpressionScope StepCondition { get; } = Runner.With(
        FunctionDeclaration.Always,
        FunctionDeclaration.Failure,
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Success,
        FunctionDeclaration.HashFiles);

    /// <summary><c>container.credentials</c>.</summary>
    public static ExpressionScope Credentials { get; } = Run.With("secrets", "env");

    /// <summary><c>outputs</c> of a called workflow.</summary>
    public static ExpressionScope CalledOutputs { get; } = Run.With("jobs");

    /// <summary><c>default</c> of an action's input.</summary>
    public static ExpressionScope InputDefault { get; } =
        ExpressionScope.Of("github", "strategy", "matrix", "job", "runner").With(FunctionDeclaration.HashFiles);

    /// <summary><c>value</c> of a composite action's output.</summary>
    public static ExpressionScope ActionOutput { get; } =
        ExpressionScope.Of("github", "strategy", "matrix", "steps", "inputs", "job", "runner", "env");

    /// <summary>Everything in a step of a composite action but its <c>if</c>.</summary>
    public static ExpressionScope CompositeStep { get; } = ActionOutput.With(FunctionDeclaration.HashFiles);

    /// <summary>A composite step's <c>if</c>.</summary>
    public static ExpressionScope CompositeCondition { get; } = CompositeStep.With(
        FunctionDeclaration.Always,
        FunctionDeclaration.Failure,
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Success);

    /// <summary>Arguments and variables of a container action.</summary>
    public static ExpressionScope ContainerAction { get; } = ExpressionScope.Of("inputs");
}
