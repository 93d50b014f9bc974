using System.Collections.Immutable;

namespace Runner.Workflows.Grammar;

/// <summary>What may stand at a place of a file. A table of these is the grammar; <see cref="ShapeChecker"/> holds a file against it.</summary>
internal abstract record Shape
{
    /// <summary>What expressions here and below may use, beside what the places around allow.</summary>
    public ExpressionScope Scope { get; init; } = ExpressionScope.None;

    /// <summary>The alternatives of this shape: itself, or the choices of a <see cref="OneOfShape"/>.</summary>
    public virtual ImmutableArray<Shape> Choices => [this];
}

/// <summary>Anything.</summary>
internal sealed record AnyShape : Shape;

/// <summary>Null: an explicit one or nothing at all.</summary>
internal sealed record NullShape : Shape;

/// <summary>A boolean.</summary>
internal sealed record BooleanShape : Shape;

/// <summary>A number.</summary>
internal sealed record NumberShape : Shape;

/// <summary>A text. A null, boolean or number is read as the text that it stands for.</summary>
internal sealed record StringShape : Shape
{
    /// <summary>The only texts allowed, case counting; empty: any text.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    public bool IsNonEmpty { get; init; }

    public bool Matches(string text) => (!IsNonEmpty || text.Length > 0) && (Values.IsEmpty || Values.Contains(text, StringComparer.Ordinal));
}

/// <summary>A list. The shape of its items is asked for when needed: steps may hold steps.</summary>
internal sealed record SequenceShape(Func<Shape> Item) : Shape;

/// <summary>A mapping of known keys, of keys that the author chooses, or of both.</summary>
internal sealed record MappingShape : Shape
{
    public ImmutableArray<Property> Properties { get; init; } = [];

    /// <summary>What a key must be that is none of <see cref="Properties"/>; <c>null</c>: there is no such key.</summary>
    public StringShape? LooseKey { get; init; }

    /// <summary>The value under such a key.</summary>
    public Shape LooseValue { get; init; } = new AnyShape();

    /// <summary>Whether its keys are left out where an author is told what may be meant: GitHub's list is older than these.</summary>
    public bool IsUnnamed { get; init; }

    public Property? Find(string key)
    {
        foreach (var property in Properties)
        {
            if (string.Equals(property.Name, key, StringComparison.Ordinal))
            {
                return property;
            }
        }

        return null;
    }
}

/// <summary>One key of a mapping.</summary>
internal sealed record Property(string Name, Shape Value, bool IsRequired = false);

/// <summary>One of several shapes, told apart by the kind of token and by the keys of a mapping.</summary>
internal sealed record OneOfShape(ImmutableArray<Shape> Alternatives) : Shape
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Choices { get; } =
        [.. Alternatives.SelectMany(choice => choice.Choices.Select(leaf => leaf with { Scope = leaf.Scope.Within(choice.Scope) }))];
}
