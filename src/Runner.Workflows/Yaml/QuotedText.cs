using System.Text;
using YamlDotNet.Core;

namespace Runner.Workflows.Yaml;

/// <summary>Indents double-quoted texts that go on at the column of the block around them.</summary>
/// <remarks>
/// YAML wants such lines indented deeper, and YamlDotNet has refused the others since its version 12. GitHub still reads them (a case of its
/// own conformance suite), and white space at the beginning of these lines is not part of the text: deeper lines mean the same.
/// </remarks>
internal static class QuotedText
{
    /// <summary>The text with the lines of one quoted text indented. False where none begins at the mark, or its lines are deep enough.</summary>
    public static bool TryIndent(string text, Mark start, out string indented)
    {
        indented = text;
        var open = (int)start.Index;
        if (open >= text.Length || text[open] != '"')
        {
            return false;
        }

        var close = FindClose(text, open + 1);
        if (close < 0 || text.IndexOf('\n', open, close - open) < 0)
        {
            return false;
        }

        var depth = (int)start.Column;
        var lines = text[open..close].Split('\n');
        var isChanged = false;
        var result = new StringBuilder(text, 0, open, text.Length + (depth * lines.Length)).Append(lines[0]);
        foreach (var line in lines.Skip(1))
        {
            var missing = line.Trim().Length == 0 ? 0 : depth - (line.Length - line.TrimStart(' ').Length);
            isChanged |= missing > 0;
            result.Append('\n').Append(' ', Math.Max(0, missing)).Append(line);
        }

        indented = isChanged ? result.Append(text, close, text.Length - close).ToString() : text;
        return isChanged;
    }

    private static int FindClose(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i;
            }
        }

        return -1;
    }
}
