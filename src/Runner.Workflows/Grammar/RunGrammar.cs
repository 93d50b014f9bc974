using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary>What workflows and jobs both have: permissions, concurrency, defaults.</summary>
internal static class RunGrammar
{
    private static readonly StringShape AnyLevel = Words("read", "write", "none");

    private static readonly StringShape ReadLevel = Words("read", "none");

    private static readonly StringShape WriteLevel = Words("write", "none");

    /// <summary>What the job's token may do.</summary>
    public static Shape Permissions { get; } = OneOf(
        Words("read-all", "write-all"),
        Keys(
            Key("actions", AnyLevel),
            Key("artifact-metadata", AnyLevel),
            Key("attestations", AnyLevel),
            Key("checks", AnyLevel),
            Key("code-quality", AnyLevel),
            Key("contents", AnyLevel),
            Key("copilot-requests", WriteLevel),
            Key("deployments", AnyLevel),
            Key("discussions", AnyLevel),
            Key("drives", AnyLevel),
            Key("id-token", WriteLevel),
            Key("issues", AnyLevel),
            Key("models", ReadLevel),
            Key("packages", AnyLevel),
            Key("pages", AnyLevel),
            Key("pull-requests", AnyLevel),
            Key("repository-projects", AnyLevel),
            Key("security-events", AnyLevel),
            Key("statuses", AnyLevel),
            Key("vulnerability-alerts", ReadLevel)));

    /// <summary>What jobs may do with the caches of Actions.</summary>
    public static Shape CacheMode { get; } = Words("read", "write", "write-only", "none");

    /// <summary>The long form of <c>concurrency</c>.</summary>
    public static MappingShape Concurrency { get; } = Keys(
        Required("group", NonEmptyText),
        Key("cancel-in-progress", Shapes.Boolean),
        Key("queue", Words("single", "max")));

    /// <summary><c>defaults</c>, whose expressions differ between the workflow and a job.</summary>
    public static Shape DefaultsIn(ExpressionScope scope) =>
        Keys(Key("run", In(scope, Keys(Key("shell", NonEmptyText), Key("working-directory", NonEmptyText)))));
}
