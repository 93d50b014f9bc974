using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>Equality and order of values, after GitHub's conversions (<c>expressions.md</c> sections 3.2 and 3.3).</summary>
internal static class Comparison
{
    public static bool AreEqual(Value left, Value right) => Convert(left, right) switch
    {
        (NullValue, NullValue) => true,
        (BooleanValue a, BooleanValue b) => a.Value == b.Value,
        (NumberValue a, NumberValue b) => a.Value == b.Value, // NaN equals nothing
        (StringValue a, StringValue b) => a.Value.Equals(b.Value, StringComparison.OrdinalIgnoreCase),
        (ArrayValue or ObjectValue, ArrayValue or ObjectValue) => ReferenceEquals(left, right),
        _ => false,
    };

    public static bool IsGreater(Value left, Value right) => Convert(left, right) switch
    {
        (BooleanValue a, BooleanValue b) => a.Value && !b.Value,
        (NumberValue a, NumberValue b) => a.Value > b.Value,
        (StringValue a, StringValue b) => string.Compare(a.Value, b.Value, StringComparison.OrdinalIgnoreCase) > 0,
        _ => false,
    };

    public static bool IsLess(Value left, Value right) => IsGreater(right, left);

    /// <summary>Makes the two of one kind where the language does: of two kinds, null, booleans and strings become numbers.</summary>
    private static (Value Left, Value Right) Convert(Value left, Value right) =>
        left.Kind == right.Kind ? (left, right) : (ToNumber(left, right), ToNumber(right, left));

    private static Value ToNumber(Value value, Value other) => value switch
    {
        NullValue or BooleanValue => new NumberValue(value.ToNumber()),
        StringValue when other.IsPrimitive => new NumberValue(value.ToNumber()),
        _ => value,
    };
}
