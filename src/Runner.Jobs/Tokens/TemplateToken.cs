using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Tokens;

/// <summary>
/// A piece of workflow YAML in which expressions may still stand, as GitHub's services send it
/// (encoding: <c>job-message.md</c> section 8). Its JSON form is read and written by <see cref="TemplateTokenConverter"/>.
/// </summary>
[JsonConverter(typeof(TemplateTokenConverter))]
public abstract record TemplateToken
{
    private protected TemplateToken()
    {
    }

    /// <summary>Where the token stands in its file, or <c>null</c> where the sender did not say.</summary>
    public SourcePosition? Position { get; init; }
}

/// <summary>A token with no parts.</summary>
public abstract record ScalarToken : TemplateToken;

/// <summary>A text, taken as it is.</summary>
public sealed record StringToken(string Value) : ScalarToken
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A boolean.</summary>
public sealed record BooleanToken(bool Value) : ScalarToken
{
    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}

/// <summary>A number: GitHub knows 64-bit floats only.</summary>
public sealed record NumberToken(double Value) : ScalarToken
{
    /// <inheritdoc/>
    public override string ToString() => Value == 0 ? "0" : Value.ToString("G15", CultureInfo.InvariantCulture);
}

/// <summary>An explicit or left-out null.</summary>
public sealed record NullToken : ScalarToken
{
    /// <inheritdoc/>
    public override string ToString() => string.Empty;
}

/// <summary>An expression, without its <c>${{ }}</c>.</summary>
public sealed record ExpressionToken(string Expression) : ScalarToken
{
    /// <summary>The text as its author wrote it, such as <c>Build ${{ matrix.os }}</c>; <c>null</c> where it was not read from a file. No part of a message.</summary>
    public string? Written { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Written ?? "${{ " + Expression + " }}";
}

/// <summary>The key <c>${{ insert }}</c>: the mapping that is its value is merged into the mapping that holds it.</summary>
public sealed record InsertToken : ScalarToken
{
    /// <inheritdoc/>
    public override string ToString() => "${{ insert }}";
}

/// <summary>A list.</summary>
public sealed record SequenceToken(ImmutableArray<TemplateToken> Items) : TemplateToken;

/// <summary>A mapping. The order of its entries is kept; a key may be an expression.</summary>
public sealed record MappingToken(ImmutableArray<MappingEntry> Entries) : TemplateToken
{
    /// <summary>The value under a literal key, compared without regard to case, or <c>null</c> where there is none.</summary>
    public TemplateToken? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key is StringToken name && string.Equals(name.Value, key, StringComparison.OrdinalIgnoreCase))
            {
                return entry.Value;
            }
        }

        return null;
    }
}

/// <summary>One key with its value.</summary>
public readonly record struct MappingEntry(ScalarToken Key, TemplateToken Value);
