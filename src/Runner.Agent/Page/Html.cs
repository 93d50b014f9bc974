using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Runner.Agent.Page;

/// <summary>Markup. What is put into it by <c>{…}</c> is escaped for elements and quoted attributes, unless it is markup itself.</summary>
/// <param name="Text">The markup.</param>
internal readonly record struct Html(string Text)
{
    /// <summary>None.</summary>
    public static Html None { get; } = new(string.Empty);

    /// <summary>The markup of a text with holes.</summary>
    public static Html Of(HtmlText text) => new(text.Take());

    /// <summary>The same, where a condition holds.</summary>
    public static Html If(bool condition, HtmlText text) => condition ? Of(text) : None;

    /// <summary>One piece after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Text)));
}

/// <summary>Builds markup of an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlText(int literalLength, int formattedCount)
{
    // Letters of all scripts stay as they are; what has a meaning in markup does not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    /// <summary>What stands in the source.</summary>
    public void AppendLiteral(string markup) => _text.Append(markup);

    /// <summary>Markup.</summary>
    public void AppendFormatted(Html markup) => _text.Append(markup.Text);

    /// <summary>A text of whomever.</summary>
    public void AppendFormatted(string? text) => _text.Append(text is null ? null : Encoder.Encode(text));

    /// <summary>A number.</summary>
    public void AppendFormatted(int number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>All of it.</summary>
    public string Take() => _text.ToString();
}
