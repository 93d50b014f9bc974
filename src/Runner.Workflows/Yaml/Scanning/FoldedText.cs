using System.Text;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>A plain or quoted value in the making: white space inside a line stays, one line break becomes a blank, further ones stay.</summary>
internal sealed class FoldedText
{
    private readonly StringBuilder _value = new();
    private readonly StringBuilder _blanks = new();
    private readonly StringBuilder _breaks = new();
    private char _firstBreak;

    /// <summary>Whether a line has ended since the last letter.</summary>
    public bool IsAtLineStart { get; private set; }

    public void Append(char letter)
    {
        Join();
        _value.Append(letter);
    }

    public void Append(string letters)
    {
        Join();
        _value.Append(letters);
    }

    public void AddBlank(char blank)
    {
        if (!IsAtLineStart)
        {
            _blanks.Append(blank);
        }
    }

    public void AddBreak(char lineBreak)
    {
        if (IsAtLineStart)
        {
            _breaks.Append(lineBreak);
            return;
        }

        _blanks.Clear();
        _firstBreak = lineBreak;
        IsAtLineStart = true;
    }

    /// <summary>A line that ends in <c>\</c>: its break is no part of the value, the blanks before it are.</summary>
    public void AddEscapedBreak()
    {
        Join();
        _firstBreak = '\0';
        IsAtLineStart = true;
    }

    /// <summary>Puts what stands between two letters into the value.</summary>
    public void Join()
    {
        if (!IsAtLineStart)
        {
            _value.Append(_blanks);
            _blanks.Clear();
            return;
        }

        if (_firstBreak == '\n')
        {
            _value.Append(_breaks.Length == 0 ? " " : string.Empty);
        }
        else if (_firstBreak != '\0')
        {
            // A separator of Unicode is never folded, and an escaped break is nothing.
            _value.Append(_firstBreak);
        }

        _value.Append(_breaks);
        _breaks.Clear();
        IsAtLineStart = false;
    }

    public override string ToString() => _value.ToString();
}
