using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Runner.Execution.Masking;

/// <summary>A regular expression whose matches are masked: a hint of the job message.</summary>
internal sealed class PatternHint
{
    private const string Special = @"\*+?|{}[]()^$.";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex _expression;

    private PatternHint(Regex expression) => _expression = expression;

    /// <summary>
    /// The text that an expression stands for, where it has no special characters but escaped ones. Nearly all hints are such: GitHub sends secrets
    /// that way. A text is found at a fraction of the cost.
    /// </summary>
    public static bool TryReadLiteral(string expression, [NotNullWhen(true)] out string? literal)
    {
        literal = null;
        var text = new StringBuilder(expression.Length);
        for (var i = 0; i < expression.Length; i++)
        {
            if (expression[i] == '\\')
            {
                if (++i == expression.Length || Unescape(expression[i]) is not { } character)
                {
                    return false;
                }

                text.Append(character);
            }
            else if (Special.Contains(expression[i], StringComparison.Ordinal))
            {
                return false;
            }
            else
            {
                text.Append(expression[i]);
            }
        }

        literal = text.ToString();
        return literal.Length > 0;
    }

    /// <summary>Reads an expression. False where it is not valid.</summary>
    public static bool TryParse(string expression, [NotNullWhen(true)] out PatternHint? hint)
    {
        try
        {
            hint = new PatternHint(new Regex(expression, RegexOptions.CultureInvariant, Limit));
            return true;
        }
        catch (ArgumentException)
        {
            hint = null;
            return false;
        }
    }

    /// <summary>Adds where the expression matches. Where it takes too long, all of the line.</summary>
    public void Find(ReadOnlySpan<byte> line, HitList hits)
    {
        // Bytes that are no UTF-8 are read as Latin-1: then each character is one byte, and places fit as well.
        var encoding = Utf8.IsValid(line) ? Encoding.UTF8 : Encoding.Latin1;
        var text = encoding.GetString(line);
        try
        {
            var (at, offset) = (0, 0);
            foreach (var match in _expression.EnumerateMatches(text))
            {
                offset += encoding.GetByteCount(text.AsSpan(at, match.Index - at));
                var end = offset + encoding.GetByteCount(text.AsSpan(match.Index, match.Length));
                hits.Add(offset, end);
                (at, offset) = (match.Index + match.Length, end);
            }
        }
        catch (RegexMatchTimeoutException)
        {
            hits.Add(0, line.Length);
        }
    }

    // Letters and digits other than these stand for classes, references and rarer characters.
    private static char? Unescape(char escaped) => escaped switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\f',
        _ => char.IsAsciiLetterOrDigit(escaped) ? null : escaped,
    };
}
