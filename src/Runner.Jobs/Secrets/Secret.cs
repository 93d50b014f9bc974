namespace Runner.Jobs.Secrets;

/// <summary>A text that must not be shown. It prints as <c>***</c>; whoever needs the text says so by <see cref="Reveal"/>.</summary>
public readonly record struct Secret(string Value)
{
    private string Value { get; } = Value;

    /// <summary>The text itself, for the one place that sends it to where it belongs.</summary>
    public string Reveal() => Value ?? string.Empty;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
