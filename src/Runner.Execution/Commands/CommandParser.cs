using System.Diagnostics.CodeAnalysis;

namespace Runner.Execution.Commands;

/// <summary>
/// Reads workflow commands, <c>::name key=value::data</c> and the old <c>##[name key=value]data</c> (<c>worker-semantics.md</c> section 6).
/// Pure.
/// </summary>
internal static class CommandParser
{
    private const string Marker = "::";
    private const string OldMarker = "##[";

    private static readonly (string, string)[] DataEscapes = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];

    private static readonly (string, string)[] PropertyEscapes =
        [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];

    private static readonly (string, string)[] OldEscapes =
        [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];

    /// <summary>A cheap look at a line's bytes: false means that there is no command in it. True says little.</summary>
    public static bool MayHoldCommand(ReadOnlySpan<byte> line)
    {
        var start = 0;
        while (start < line.Length && line[start] is (byte)' ' or >= (byte)'\t' and <= (byte)'\r')
        {
            start++;
        }

        // Above ASCII there is white space too.
        var text = line[start..];
        return text.StartsWith("::"u8)
            || (text.Length > 0 && text[0] > 0x7F && text.IndexOf("::"u8) >= 0)
            || text.IndexOf("##["u8) >= 0;
    }

    /// <summary>Reads a line. Only names that <paramref name="isKnown"/> accepts make a command.</summary>
    public static bool TryParse(string line, Func<string, bool> isKnown, [NotNullWhen(true)] out WorkflowCommand? command) =>
        TryParseNew(line, isKnown, out command) || TryParseOld(line, isKnown, out command);

    private static bool TryParseNew(string line, Func<string, bool> isKnown, [NotNullWhen(true)] out WorkflowCommand? command)
    {
        command = null;
        var text = line.TrimStart();
        if (!text.StartsWith(Marker, StringComparison.Ordinal))
        {
            return false;
        }

        var end = text.IndexOf(Marker, Marker.Length, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var (name, properties) = SplitHead(text[Marker.Length..end]);
        if (!isKnown(name))
        {
            return false;
        }

        command = new WorkflowCommand(
            name, ReadProperties(properties, ',', PropertyEscapes), Unescape(text[(end + Marker.Length)..], DataEscapes), line);
        return true;
    }

    private static bool TryParseOld(string line, Func<string, bool> isKnown, [NotNullWhen(true)] out WorkflowCommand? command)
    {
        command = null;
        var start = line.IndexOf(OldMarker, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        var end = line.IndexOf(']', start);
        if (end < 0)
        {
            return false;
        }

        var (name, properties) = SplitHead(line[(start + OldMarker.Length)..end]);
        if (!isKnown(name))
        {
            return false;
        }

        command = new WorkflowCommand(name, ReadProperties(properties, ';', OldEscapes), Unescape(line[(end + 1)..], OldEscapes), line);
        return true;
    }

    private static (string Name, string Properties) SplitHead(string head)
    {
        var blank = head.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (head, string.Empty) : (head[..blank], head[(blank + 1)..]);
    }

    private static IReadOnlyDictionary<string, string> ReadProperties(string text, char separator, (string, string)[] escapes)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return WorkflowCommand.NoProperties;
        }

        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                properties[part[..equals].Trim()] = Unescape(part[(equals + 1)..], escapes);
            }
        }

        return properties;
    }

    // The per cent sign comes last, so that %250A becomes %0A and not a line feed.
    private static string Unescape(string text, (string Code, string Character)[] escapes)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        foreach (var (code, character) in escapes)
        {
            text = text.Replace(code, character, StringComparison.Ordinal);
        }

        return text;
    }
}
