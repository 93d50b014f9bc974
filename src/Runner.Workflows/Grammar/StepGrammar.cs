using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary><c>steps</c>.</summary>
internal static class StepGrammar
{
    private static readonly StringShape StepText = In(Scopes.Step, Text);

    private static readonly MappingShape Environment = In(Scopes.Step, NamesTo(Text));

    private static readonly Property[] Common =
    [
        Key("name", StepText),
        Key("id", NonEmptyText),
        Key("continue-on-error", In(Scopes.Step, Shapes.Boolean)),
    ];

    private static readonly Property[] Running =
    [
        .. Common,
        Key("if", In(Scopes.StepCondition, Text)),
        Key("timeout-minutes", In(Scopes.Step, Number)),
        Key("env", Environment),
        Key("background", Shapes.Boolean),
    ];

    private static readonly MappingShape Run = Keys(
    [
        .. Running,
        Required("run", StepText),
        Key("working-directory", StepText),
        Key("shell", NonEmptyText),
    ]);

    private static readonly MappingShape Uses = Keys(
    [
        .. Running,
        Required("uses", NonEmptyText),
        Key("with", In(Scopes.Step, NamesTo(Text))),
    ]);

    private static readonly MappingShape Wait = Keys([.. Common, Required("wait", TextOrTexts)]) with { IsUnnamed = true };

    private static readonly MappingShape WaitAll = Keys([.. Common, Required("wait-all", OneOf(Null, Shapes.Boolean))]) with { IsUnnamed = true };

    private static readonly MappingShape Cancel = Keys([.. Common, Required("cancel", NonEmptyText)]) with { IsUnnamed = true };

    private static readonly MappingShape Parallel = Keys(Required("parallel", new SequenceShape(StepShape)));

    private static readonly OneOfShape Step = OneOf(Run, Uses, Wait, WaitAll, Cancel, Parallel);

    /// <summary>A list of steps.</summary>
    public static Shape Steps { get; } = new SequenceShape(StepShape);

    // Parallel steps hold steps: the list is asked for its items only when a file is read.
    private static OneOfShape StepShape() => Step;
}
