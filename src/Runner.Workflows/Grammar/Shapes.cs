namespace Runner.Workflows.Grammar;

/// <summary>The words in which the grammar tables are written.</summary>
internal static class Shapes
{
    public static StringShape Text { get; } = new();

    public static StringShape NonEmptyText { get; } = new() { IsNonEmpty = true };

    public static BooleanShape Boolean { get; } = new();

    public static NumberShape Number { get; } = new();

    public static NullShape Null { get; } = new();

    public static AnyShape Any { get; } = new();

    public static Shape NonEmptyTexts { get; } = ListOf(NonEmptyText);

    public static Shape TextOrTexts { get; } = OneOf(NonEmptyText, NonEmptyTexts);

    public static StringShape Words(params ReadOnlySpan<string> values) => new() { Values = [.. values] };

    public static SequenceShape ListOf(Shape item) => new(() => item);

    public static OneOfShape OneOf(params ReadOnlySpan<Shape> choices) => new([.. choices]);

    public static MappingShape Keys(params ReadOnlySpan<Property> properties) => new() { Properties = [.. properties] };

    /// <summary>A mapping whose keys the author chooses.</summary>
    public static MappingShape NamesTo(Shape value) => new() { LooseKey = NonEmptyText, LooseValue = value };

    public static Property Key(string name, Shape value) => new(name, value);

    public static Property Required(string name, Shape value) => new(name, value, IsRequired: true);

    public static TShape In<TShape>(ExpressionScope scope, TShape shape)
        where TShape : Shape => shape with { Scope = scope };
}
