using System.Text;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Values;

/// <summary>
/// Reads dotenv files as act does (the rules of godotenv): <c>NAME=value</c>, <c>NAME: value</c>, <c>export</c>, comments, single quotes
/// as they are, double quotes with <c>\n</c> and further lines, <c>$NAME</c> and <c>${NAME}</c> of earlier lines.
/// </summary>
internal sealed class DotEnv
{
    private readonly string _source;
    private readonly string _text;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private int _place;

    private DotEnv(string source, string text) => (_source, _text) = (source, text.ReplaceLineEndings("\n"));

    /// <summary>The names with their values, in the order of the file.</summary>
    /// <param name="source">Name of the file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="UsageException">A line is not of that form.</exception>
    public static IReadOnlyDictionary<string, string> Read(string source, string text)
    {
        var reader = new DotEnv(source, text);
        while (reader.SkipToName())
        {
            var name = reader.ReadName();
            reader._values[name] = reader.ReadValue();
        }

        return reader._values;
    }

    private char Next => _place < _text.Length ? _text[_place] : '\n';

    private bool SkipToName()
    {
        while (_place < _text.Length)
        {
            if (_text[_place] == '#')
            {
                SkipLine();
            }
            else if (char.IsWhiteSpace(_text[_place]) || _text[_place] == '\uFEFF')
            {
                _place++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void SkipLine()
    {
        var end = _text.IndexOf('\n', _place);
        _place = end < 0 ? _text.Length : end + 1;
    }

    private string ReadName()
    {
        var start = _place;
        var end = _text.AsSpan(start).IndexOfAny("=:\n");
        var name = (end < 0 ? _text[start..] : _text[start..(start + end)]).Trim();
        if (name.StartsWith("export ", StringComparison.Ordinal))
        {
            name = name["export ".Length..].Trim();
        }

        if (end < 0 || _text[start + end] == '\n' || name.Length == 0 || name.Any(char.IsWhiteSpace))
        {
            throw Problem(start, $"expected NAME=value, found '{Shortened(name)}'");
        }

        _place = start + end + 1;
        return name;
    }

    private string ReadValue()
    {
        while (Next is ' ' or '\t')
        {
            _place++;
        }

        return Next switch
        {
            '\'' => ReadQuoted('\''),
            '"' => Expand(ReadQuoted('"'), unescape: true),
            _ => Expand(ReadPlain(), unescape: false),
        };
    }

    private string ReadPlain()
    {
        var start = _place;
        SkipLine();
        var line = _text[start.._place].TrimEnd();
        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        return line.StartsWith('#') ? string.Empty : (comment < 0 ? line : line[..comment]).Trim();
    }

    private string ReadQuoted(char quote)
    {
        var start = _place++;
        var from = _place;
        while (_place < _text.Length && _text[_place] != quote)
        {
            _place += quote == '"' && _text[_place] == '\\' ? 2 : 1;
        }

        if (_place >= _text.Length)
        {
            throw Problem(start, $"this {quote} is never closed");
        }

        var value = _text[from.._place++];
        SkipLine();
        return value;
    }

    private string Expand(string text, bool unescape)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && (unescape || text[i + 1] == '$'))
            {
                result.Append(text[++i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
            else if (text[i] == '$' && Variable(text, i + 1) is var (name, end))
            {
                result.Append(_values.GetValueOrDefault(name, string.Empty));
                i = end;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>The name of a variable that begins at the place, and its last character's place.</summary>
    private static (string Name, int End)? Variable(string text, int start)
    {
        var isBraced = start < text.Length && text[start] == '{';
        var from = isBraced ? start + 1 : start;
        var end = from;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == from || (isBraced && (end == text.Length || text[end] != '}')))
        {
            return null;
        }

        return (text[from..end], isBraced ? end : end - 1);
    }

    // Of a line that may hold a secret only its beginning is shown.
    private static string Shortened(string text) => text.Length > 20 ? text[..20] + "…" : text;

    private UsageException Problem(int place, string problem) =>
        new($"{_source}:{_text.AsSpan(0, place).Count('\n') + 1}: {problem}");
}
