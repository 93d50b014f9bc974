using System.Text;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Containers;

/// <summary>Cuts a command line into words as a POSIX shell does: blanks, <c>'…'</c>, <c>"…"</c> and backslashes. Nothing is expanded.</summary>
public static class ShellWords
{
    /// <summary>The words.</summary>
    /// <param name="text">The line.</param>
    /// <param name="where">The key, for messages: <c>container.options</c>.</param>
    /// <exception cref="WorkflowException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var word = new StringBuilder();
        var isInWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'' or '"':
                    i = ReadQuoted(text, i, word, where);
                    isInWord = true;
                    break;
                case '\\' when i + 1 < text.Length:
                    i++;
                    isInWord |= text[i] != '\n'; // a line goes on
                    word.Append(text[i] == '\n' ? string.Empty : text[i].ToString());
                    break;
                case var blank when char.IsWhiteSpace(blank):
                    if (isInWord)
                    {
                        words.Add(word.ToString());
                    }

                    word.Clear();
                    isInWord = false;
                    break;
                case var letter:
                    word.Append(letter);
                    isInWord = true;
                    break;
            }
        }

        if (isInWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    // Gives the place of the closing quote.
    private static int ReadQuoted(string text, int start, StringBuilder word, string where)
    {
        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                return i;
            }

            if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or '$' or '`')
            {
                i++;
            }

            word.Append(text[i]);
        }

        throw new WorkflowException($"{where}: the quote ({quote}) before '{Shorten(text[(start + 1)..])}' is not closed");
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
