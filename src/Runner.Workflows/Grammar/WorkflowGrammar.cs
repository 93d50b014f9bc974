using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary>A workflow file, as GitHub's "Workflow syntax" describes it.</summary>
internal static class WorkflowGrammar
{
    /// <summary>The whole file.</summary>
    public static Shape Root { get; } = Keys(
        Required("on", EventGrammar.On),
        Key("name", Text),
        Key("description", Text),
        Key("run-name", In(Scopes.Run, Text)),
        Key("defaults", RunGrammar.DefaultsIn(ExpressionScope.None)),
        Key("env", In(Scopes.RunEnvironment, NamesTo(Text))),
        Key("permissions", RunGrammar.Permissions),
        Key("concurrency", In(Scopes.Run, OneOf(Text, RunGrammar.Concurrency))),
        Required("jobs", JobGrammar.Jobs));
}
