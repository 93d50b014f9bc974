using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>Scans the values of a file: plain, quoted, and blocks behind <c>|</c> and <c>&gt;</c>.</summary>
internal sealed class ScalarScanner(YamlText text)
{
    /// <summary>A value without quotes; it goes on over lines that are indented deeper than the collection around it.</summary>
    /// <param name="indent">Column of that collection, from 0; -1: there is none.</param>
    /// <param name="isInFlow">Whether it stands inside brackets, which end it too.</param>
    /// <param name="endsLine">Whether the text behind it begins a new line.</param>
    public Scalar ScanPlain(int indent, bool isInFlow, out bool endsLine)
    {
        var value = new FoldedText();
        var start = text.Mark;
        var end = start;
        do
        {
            while (!YamlText.IsGap(text[0]) && !EndsPlain(isInFlow))
            {
                value.Append(text.Take());
            }

            end = text.Mark;
            SkipGap(value, isInFlow ? -1 : indent);
        }
        while ((isInFlow || text.Column > indent) && text[0] is not ('#' or '\0') && !EndsPlain(isInFlow) && !text.IsDocumentMarker());

        endsLine = value.IsAtLineStart;
        return new Scalar(value.ToString(), ScalarStyle.Plain, start, end);
    }

    /// <summary>A value in quotes.</summary>
    public Scalar ScanQuoted(char quote)
    {
        var value = new FoldedText();
        var start = text.Mark;
        text.Skip();
        while (text[0] != quote || (quote == '\'' && text[1] == quote))
        {
            if (text.IsDocumentMarker())
            {
                throw text.Problem($"A document marker stands inside the quoted text that begins on line {start.Line}: is its closing {quote} missing?");
            }

            if (text[0] == '\0')
            {
                throw YamlText.Problem(start, $"The quoted text has no closing {quote}");
            }

            if (YamlText.IsGap(text[0]))
            {
                SkipGap(value, indent: -1);
            }
            else if (quote == '"' && text[0] == '\\')
            {
                TakeEscape(value);
            }
            else
            {
                text.Skip(text[0] == quote ? 1 : 0);
                value.Append(text.Take());
            }
        }

        value.Join();
        text.Skip();
        return new Scalar(value.ToString(), quote == '"' ? ScalarStyle.DoubleQuoted : ScalarStyle.SingleQuoted, start, text.Mark);
    }

    /// <summary>A block: <c>|</c> keeps its lines, <c>&gt;</c> folds them.</summary>
    /// <param name="indent">Column of the collection around it, from 0; -1: there is none.</param>
    public Scalar ScanBlock(int indent)
    {
        var start = text.Mark;
        var isLiteral = text.Take() == '|';
        var (chomping, increment) = ScanBlockHeader();
        var value = new StringBuilder();
        var breaks = new StringBuilder();
        var lineBreak = '\0';
        var wasIndented = false;
        var column = increment == 0 ? FindBlockColumn(indent, breaks) : Math.Max(indent, 0) + increment;
        SkipBlockBreaks(column, breaks);
        while (text.Column == column && text[0] != '\0')
        {
            var isIndented = YamlText.IsBlank(text[0]);
            if (!isLiteral && lineBreak == '\n' && !wasIndented && !isIndented)
            {
                value.Append(breaks.Length == 0 ? " " : string.Empty);
            }
            else if (lineBreak != '\0')
            {
                value.Append(lineBreak);
            }

            value.Append(breaks);
            breaks.Clear();
            wasIndented = isIndented;
            text.TakeLetters(value);
            lineBreak = text[0] == '\0' ? '\0' : text.TakeBreak();
            SkipBlockBreaks(column, breaks);
        }

        if (chomping != '-' && lineBreak != '\0')
        {
            value.Append(lineBreak);
        }

        if (chomping == '+')
        {
            value.Append(breaks);
        }

        return new Scalar(value.ToString(), isLiteral ? ScalarStyle.Literal : ScalarStyle.Folded, start, text.Mark);
    }

    private bool EndsPlain(bool isInFlow) => text[0] switch
    {
        ':' => YamlText.IsGap(text[1]) || (isInFlow && YamlScanner.IsFlowIndicator(text[1])),
        _ => isInFlow && YamlScanner.IsFlowIndicator(text[0]),
    };

    // White space between two words of a value, over lines.
    private void SkipGap(FoldedText value, int indent)
    {
        while (true)
        {
            if (YamlText.IsBreak(text[0]))
            {
                value.AddBreak(text.TakeBreak());
            }
            else if (text[0] == '\t' && value.IsAtLineStart && text.Column <= indent && !text.IsRestBlank(orComment: true))
            {
                throw text.Problem(YamlScanner.TabProblem);
            }
            else if (YamlText.IsBlank(text[0]))
            {
                value.AddBlank(text.Take());
            }
            else
            {
                return;
            }
        }
    }

    private void TakeEscape(FoldedText value)
    {
        var letter = text[1];
        if (YamlText.IsBreak(letter))
        {
            text.Skip();
            text.TakeBreak();
            value.AddEscapedBreak();
            return;
        }

        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            value.Append(TakeCode(digits));
            return;
        }

        value.Append(letter switch
        {
            '0' => '\0',
            'a' => '\a',
            'b' => '\b',
            't' or '\t' => '\t',
            'n' => '\n',
            'v' => '\v',
            'f' => '\f',
            'r' => '\r',
            'e' => '\e',
            'N' => '\u0085',
            '_' => '\u00A0',
            'L' => '\u2028',
            'P' => '\u2029',
            ' ' or '"' or '\'' or '/' or '\\' => letter,
            _ => throw text.Problem($"'\\{(letter == '\0' ? string.Empty : letter)}' is no escape of a text in double quotes; a backslash itself is \\\\"),
        });
        text.Skip(2);
    }

    // Letters beyond the 16-bit ones may also be written as the two halves that UTF-16 has for them.
    private string TakeCode(int digits)
    {
        var code = ReadCode(digits);
        if (char.IsHighSurrogate((char)Math.Min(code, char.MaxValue)) && digits == 4 && text[6] == '\\' && text[7] == 'u')
        {
            var place = text.Mark;
            text.Skip(6);
            var low = ReadCode(digits);
            text.Skip(6);
            return char.IsLowSurrogate((char)low) ? $"{(char)code}{(char)low}" : throw YamlText.Problem(place, "The escape is no letter of Unicode");
        }

        if (code > 0x10FFFF || code is >= 0xD800 and <= 0xDFFF)
        {
            throw text.Problem("The escape is no letter of Unicode");
        }

        text.Skip(2 + digits);
        return char.ConvertFromUtf32((int)code);
    }

    private long ReadCode(int digits)
    {
        var code = 0L;
        for (var i = 2; i < 2 + digits; i++)
        {
            code = char.IsAsciiHexDigit(text[i])
                ? (code * 16) + byte.Parse(text[i].ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : throw text.Problem($"The escape '\\{text[1]}' wants {digits} hexadecimal digits");
        }

        return code;
    }

    private (char Chomping, int Increment) ScanBlockHeader()
    {
        var (chomping, increment) = ('\0', 0);
        while (true)
        {
            if (chomping == '\0' && text[0] is ('+' or '-'))
            {
                chomping = text.Take();
            }
            else if (increment == 0 && text[0] is >= '1' and <= '9')
            {
                increment = text.Take() - '0';
            }
            else
            {
                break;
            }
        }

        if (text[0] == '0')
        {
            throw text.Problem("The indentation of a block must be a digit from 1 to 9");
        }

        text.SkipBlanks();
        if (text[0] == '#')
        {
            text.SkipLetters();
        }

        if (!YamlText.IsBreakOrEnd(text[0]))
        {
            throw text.Problem("Nothing may follow on the line that begins a block, but +, -, a digit and a comment");
        }

        if (text[0] != '\0')
        {
            text.TakeBreak();
        }

        return (chomping, increment);
    }

    // The first line that is not empty says how far the block is indented. Empty ones before it that are longer leave nothing to be read.
    private int FindBlockColumn(int indent, StringBuilder breaks)
    {
        var longest = 0;
        while (true)
        {
            text.SkipSpaces(int.MaxValue);
            if (text[0] == '\t' && text.Column <= indent)
            {
                SkipBlankLine();
            }

            if (!YamlText.IsBreak(text[0]))
            {
                break;
            }

            longest = Math.Max(longest, text.Column);
            breaks.Append(text.TakeBreak());
        }

        if (text.Column < longest && text.Column > indent && text[0] is not ('#' or '\0'))
        {
            throw text.Problem("An empty line before this one is indented deeper than the block: shorten it, or say how deep the block is, as in |2");
        }

        return Math.Max(Math.Max(longest, text.Column), Math.Max(indent + 1, 1));
    }

    private void SkipBlockBreaks(int column, StringBuilder breaks)
    {
        while (true)
        {
            text.SkipSpaces(column);
            if (text[0] == '\t' && text.Column < column)
            {
                SkipBlankLine();
            }

            if (!YamlText.IsBreak(text[0]))
            {
                return;
            }

            breaks.Append(text.TakeBreak());
        }
    }

    // A line of blanks is an empty one, tabs or not; a comment that is not deep enough ends the block.
    private void SkipBlankLine()
    {
        if (text.IsRestBlank(orComment: false))
        {
            text.SkipBlanks();
        }
        else if (!text.IsRestBlank(orComment: true))
        {
            throw text.Problem(YamlScanner.TabProblem);
        }
    }
}
