using System.Text;
using YamlDotNet.Core;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>A file's text with a place in it, and the classes of letters that YAML knows.</summary>
internal sealed class YamlText
{
    private const char ByteOrderMark = '\uFEFF';

    private readonly string _text;
    private int _lineStart;

    public YamlText(string text)
    {
        _text = text;
        if (text.StartsWith(ByteOrderMark))
        {
            Index = _lineStart = 1;
        }
    }

    /// <summary>Index of the next letter, from 0.</summary>
    public int Index { get; private set; }

    /// <summary>Line of the next letter, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Column of the next letter, from 0: how far it is indented.</summary>
    public int Column => Index - _lineStart;

    public Mark Mark => new(Index, Line, Column + 1);

    public bool IsEnd => Index >= _text.Length;

    /// <summary>The letter so many letters ahead; <c>\0</c> behind the end.</summary>
    public char this[int ahead] => Index + ahead < _text.Length ? _text[Index + ahead] : '\0';

    public static bool IsBlank(char letter) => letter is ' ' or '\t';

    public static bool IsBreak(char letter) => letter is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    public static bool IsBreakOrEnd(char letter) => letter == '\0' || IsBreak(letter);

    public static bool IsGap(char letter) => IsBlank(letter) || IsBreakOrEnd(letter);

    /// <summary>Letters of which names of anchors, tags and directives are made.</summary>
    public static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';

    public void Skip(int letters = 1) => Index += letters;

    public char Take() => _text[Index++];

    public string TakeWord()
    {
        var start = Index;
        while (IsWord(this[0]))
        {
            Index++;
        }

        return _text[start..Index];
    }

    public void SkipBlanks()
    {
        while (IsBlank(this[0]))
        {
            Index++;
        }
    }

    public void SkipSpaces(int column)
    {
        while (this[0] == ' ' && Column < column)
        {
            Index++;
        }
    }

    /// <summary>Skips to the end of the line, before its break.</summary>
    public void SkipLetters()
    {
        while (!IsBreakOrEnd(this[0]))
        {
            Index++;
        }
    }

    /// <summary>Appends the rest of the line without its break, and goes behind it.</summary>
    public void TakeLetters(StringBuilder value)
    {
        var start = Index;
        SkipLetters();
        value.Append(_text, start, Index - start);
    }

    /// <summary>Goes behind a line break. The letter that stands for it in a value: all but the separators of Unicode read as <c>\n</c>.</summary>
    public char TakeBreak()
    {
        var letter = this[0];
        Index += letter == '\r' && this[1] == '\n' ? 2 : 1;
        Line++;
        _lineStart = Index;
        return letter is '\u2028' or '\u2029' ? letter : '\n';
    }

    /// <summary>Whether nothing but blanks is left on the line; a comment may be.</summary>
    public bool IsRestBlank(bool orComment)
    {
        var ahead = 0;
        while (IsBlank(this[ahead]))
        {
            ahead++;
        }

        return IsBreakOrEnd(this[ahead]) || (orComment && this[ahead] == '#');
    }

    /// <summary>Whether <c>---</c> or <c>...</c> stands here, at the beginning of a line.</summary>
    public bool IsDocumentMarker() => Column == 0 && (IsMarker('-') || IsMarker('.'));

    public bool IsMarker(char letter) => this[0] == letter && this[1] == letter && this[2] == letter && IsGap(this[3]);

    /// <summary>The end as its own place: the beginning of the line behind the last.</summary>
    public Mark EndMark => Column == 0 ? Mark : new Mark(Index, Line + 1, 1);

    public YamlException Problem(string message) => Problem(Mark, message);

    public static YamlException Problem(Mark place, string message) => new ScanException(place, message);
}
