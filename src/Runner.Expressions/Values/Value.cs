namespace Runner.Expressions.Values;

/// <summary>The six kinds of values.</summary>
public enum ValueKind
{
    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A 64-bit float.</summary>
    Number,

    /// <summary>A text.</summary>
    String,

    /// <summary>A list.</summary>
    Array,

    /// <summary>Names with values, in order.</summary>
    Object,
}

/// <summary>A value of the expression language. Immutable.</summary>
/// <remarks>
/// .NET equality is by content for null, booleans, numbers and strings (with case), and by reference for arrays and objects.
/// The language's own <c>==</c> converts and ignores case; expressions use that one.
/// </remarks>
public abstract record Value
{
    private protected Value()
    {
    }

    /// <summary>Which of the six kinds this is.</summary>
    public abstract ValueKind Kind { get; }

    /// <summary>Whether <c>&amp;&amp;</c>, <c>||</c>, <c>!</c> and conditions take it as true. Not: null, false, 0, NaN, the empty string.</summary>
    public abstract bool IsTruthy { get; }

    /// <summary>Whether it is neither an array nor an object.</summary>
    public bool IsPrimitive => Kind is not (ValueKind.Array or ValueKind.Object);

    /// <summary>
    /// The value as a string slot shows it: null is empty, booleans <c>true</c> and <c>false</c>, numbers with up to 15 digits,
    /// arrays and objects the words <c>Array</c> and <c>Object</c>.
    /// </summary>
    public abstract string ToText();

    /// <summary>The value as a number: null and false 0, true 1, strings as they read, everything else NaN.</summary>
    public abstract double ToNumber();

    /// <inheritdoc cref="ToText"/>
    public sealed override string ToString() => ToText();
}
