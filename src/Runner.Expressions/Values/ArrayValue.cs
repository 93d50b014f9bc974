using System.Runtime.CompilerServices;

namespace Runner.Expressions.Values;

/// <summary>A list. Two arrays are equal only where they are one and the same.</summary>
public sealed record ArrayValue : Value
{
    /// <summary>Creates a list.</summary>
    /// <param name="items">The items; the list is not copied and must not change afterwards.</param>
    public ArrayValue(IReadOnlyList<Value> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Items = items;
    }

    /// <summary>The list without items.</summary>
    public static ArrayValue Empty { get; } = new([]);

    /// <summary>The items in order.</summary>
    public IReadOnlyList<Value> Items { get; }

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Array;

    /// <inheritdoc/>
    public override bool IsTruthy => true;

    /// <summary>Whether it came from <c>.*</c>: a further index is then applied to each item (<c>expressions.md</c> section 4).</summary>
    internal bool IsFiltered { get; init; }

    /// <inheritdoc/>
    public override string ToText() => "Array";

    /// <inheritdoc/>
    public override double ToNumber() => double.NaN;

    /// <summary>Whether it is the same list.</summary>
    public bool Equals(ArrayValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
