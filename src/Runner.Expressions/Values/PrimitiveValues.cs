namespace Runner.Expressions.Values;

/// <summary><c>null</c>.</summary>
public sealed record NullValue : Value
{
    private NullValue()
    {
    }

    /// <summary>The one null.</summary>
    public static NullValue Instance { get; } = new();

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Null;

    /// <inheritdoc/>
    public override bool IsTruthy => false;

    /// <inheritdoc/>
    public override string ToText() => "";

    /// <inheritdoc/>
    public override double ToNumber() => 0;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
/// <param name="Value">Which of the two.</param>
public sealed record BooleanValue(bool Value) : Value
{
    /// <summary><c>true</c>.</summary>
    public static BooleanValue True { get; } = new(true);

    /// <summary><c>false</c>.</summary>
    public static BooleanValue False { get; } = new(false);

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Boolean;

    /// <inheritdoc/>
    public override bool IsTruthy => Value;

    /// <summary>The shared value for a boolean.</summary>
    public static BooleanValue Of(bool value) => value ? True : False;

    /// <inheritdoc/>
    public override string ToText() => Value ? "true" : "false";

    /// <inheritdoc/>
    public override double ToNumber() => Value ? 1 : 0;
}

/// <summary>A 64-bit float.</summary>
/// <param name="Value">The number; may be NaN or infinite.</param>
public sealed record NumberValue(double Value) : Value
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Number;

    /// <inheritdoc/>
    public override bool IsTruthy => Value != 0 && !double.IsNaN(Value);

    /// <inheritdoc/>
    public override string ToText() => NumberText.Format(Value);

    /// <inheritdoc/>
    public override double ToNumber() => Value;
}

/// <summary>A text.</summary>
/// <param name="Value">The text, not null.</param>
public sealed record StringValue(string Value) : Value
{
    /// <summary>The empty string.</summary>
    public static StringValue Empty { get; } = new("");

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.String;

    /// <inheritdoc/>
    public override bool IsTruthy => Value.Length > 0;

    /// <inheritdoc/>
    public override string ToText() => Value;

    /// <inheritdoc/>
    public override double ToNumber() => NumberText.Parse(Value);
}
