using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary>An action's manifest as GitHub's runner reads it: keys of the top and of inputs that it does not know are left alone.</summary>
internal static class ActionGrammar
{
    private static readonly StringShape StepText = In(Scopes.CompositeStep, Text);

    private static readonly Property[] CommonStep =
    [
        Key("name", StepText),
        Key("id", NonEmptyText),
        Key("if", In(Scopes.CompositeCondition, Text)),
        Key("env", In(Scopes.CompositeStep, NamesTo(Text))),
        Key("continue-on-error", In(Scopes.CompositeStep, Shapes.Boolean)),
    ];

    private static readonly MappingShape RunStep = Keys(
    [
        .. CommonStep,
        Required("run", StepText),
        Required("shell", StepText),
        Key("working-directory", StepText),
    ]);

    private static readonly MappingShape UsesStep = Keys(
    [
        .. CommonStep,
        Required("uses", NonEmptyText),
        Key("with", In(Scopes.CompositeStep, NamesTo(Text))),
    ]);

    private static readonly MappingShape Docker = Keys(
        Key("using", NonEmptyText),
        Key("image", NonEmptyText),
        Key("entrypoint", NonEmptyText),
        Key("args", ListOf(In(Scopes.ContainerAction, Text))),
        Key("env", In(Scopes.ContainerAction, NamesTo(Text))),
        Key("pre-entrypoint", NonEmptyText),
        Key("pre-if", NonEmptyText),
        Key("post-entrypoint", NonEmptyText),
        Key("post-if", NonEmptyText));

    private static readonly MappingShape JavaScript = Keys(
        Key("using", NonEmptyText),
        Key("main", NonEmptyText),
        Key("pre", NonEmptyText),
        Key("pre-if", NonEmptyText),
        Key("post", NonEmptyText),
        Key("post-if", NonEmptyText));

    private static readonly MappingShape Composite = Keys(
        Key("using", NonEmptyText),
        Key("steps", ListOf(OneOf(RunStep, UsesStep))));

    // GitHub's own, inside its runner: nobody else can write one.
    private static readonly MappingShape Plugin = Keys(Key("plugin", NonEmptyText));

    private static readonly MappingShape Input = Keys(Key("default", In(Scopes.InputDefault, Text))) with { LooseKey = NonEmptyText };

    private static readonly MappingShape Output = Keys(Key("description", Text), Key("value", In(Scopes.ActionOutput, Text)));

    /// <summary>The whole file.</summary>
    public static Shape Root { get; } = Keys(
        Key("name", Text),
        Key("description", Text),
        Key("inputs", NamesTo(Input)),
        Key("outputs", NamesTo(Output)),
        Key("runs", OneOf(Docker, JavaScript, Composite, Plugin))) with
    {
        LooseKey = NonEmptyText,
    };
}
