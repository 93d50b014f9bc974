using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary>A workflow file, as GitHub's "Workflow syntax" describes it.</summary>
internal static class WorkflowGrammar
{
    /// <summary>The whole file, with <c>on</c> as GitHub's service reads it: what it does not know there it leaves alone.</summary>
    public static Shape Root { get; } = RootWith(EventGrammar.Loose);

    /// <summary>The whole file, with <c>on</c> as GitHub documents it.</summary>
    public static Shape StrictRoot { get; } = RootWith(EventGrammar.On);

    private static MappingShape RootWith(Shape on) => Keys(
        Required("on", on),
        Key("name", Text),
        Key("description", Text),
        Key("run-name", In(Scopes.Run, Text)),
        Key("defaults", RunGrammar.DefaultsIn(ExpressionScope.None)),
        Key("env", In(Scopes.RunEnvironment, NamesTo(Text))),
        Key("permissions", RunGrammar.Permissions),
        Key("concurrency", In(Scopes.Run, OneOf(Text, RunGrammar.Concurrency))),
        Key("cache-mode", RunGrammar.CacheMode),
        Required("jobs", JobGrammar.Jobs));
}
