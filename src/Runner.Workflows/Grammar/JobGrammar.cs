using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary>The jobs of a workflow: those with steps, and those that call a workflow.</summary>
internal static class JobGrammar
{
    private static readonly StringShape JobText = In(Scopes.Job, Text);

    private static readonly MappingShape MatrixItem = NamesTo(Any);

    private static readonly MappingShape Matrix = Keys(Key("include", ListOf(MatrixItem)), Key("exclude", ListOf(MatrixItem))) with
    {
        LooseKey = NonEmptyText,
        LooseValue = ListOf(Any),
    };

    private static readonly Shape RunsOn = In(
        Scopes.Job,
        OneOf(NonEmptyText, NonEmptyTexts, Keys(Key("group", NonEmptyText), Key("labels", TextOrTexts))));

    private static readonly Shape Environment = In(
        Scopes.Job,
        OneOf(Text, Keys(Required("name", JobText), Key("url", In(Scopes.Runner, Text)), Key("deployment", Shapes.Boolean))));

    private static readonly Shape Snapshot = OneOf(
        NonEmptyText,
        Keys(Required("image-name", NonEmptyText), Key("if", JobText), Key("version", NonEmptyText)));

    private static readonly Property[] Common =
    [
        Key("name", JobText),
        Key("needs", OneOf(NonEmptyTexts, NonEmptyText)),
        Key("if", In(Scopes.JobCondition, Text)),
        Key("strategy", In(Scopes.Needs, Keys(Key("fail-fast", Shapes.Boolean), Key("max-parallel", Number), Key("matrix", Matrix)))),
        Key("permissions", RunGrammar.Permissions),
        Key("concurrency", In(Scopes.Job, OneOf(NonEmptyText, RunGrammar.Concurrency))),
        Key("cache-mode", RunGrammar.CacheMode),
    ];

    private static readonly MappingShape WithSteps = Keys(
    [
        .. Common,
        Required("runs-on", RunsOn),
        Key("timeout-minutes", In(Scopes.Job, Number)),
        Key("cancel-timeout-minutes", In(Scopes.Job, Number)),
        Key("continue-on-error", In(Scopes.Job, Shapes.Boolean)),
        Key("container", ContainerGrammar.Container),
        Key("services", ContainerGrammar.Services),
        Key("env", In(Scopes.JobSecrets, NamesTo(Text))),
        Key("environment", Environment),
        Key("outputs", NamesTo(In(Scopes.RunnerSecrets, Text))),
        Key("defaults", RunGrammar.DefaultsIn(Scopes.JobDefaults)),
        Key("steps", StepGrammar.Steps),
        Key("snapshot", Snapshot),
    ]);

    private static readonly MappingShape Calling = Keys(
    [
        .. Common,
        Required("uses", NonEmptyText),
        Key("with", NamesTo(In(Scopes.Job, OneOf(Text, Shapes.Boolean, Number)))),
        Key("secrets", OneOf(NamesTo(In(Scopes.JobSecrets, OneOf(Text, Shapes.Boolean, Number))), Words("inherit"))),
    ]);

    /// <summary>All jobs, by id.</summary>
    public static Shape Jobs { get; } = NamesTo(OneOf(WithSteps, Calling));
}
