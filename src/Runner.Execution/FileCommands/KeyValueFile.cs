using Runner.Execution.Files;

namespace Runner.Execution.FileCommands;

/// <summary>
/// Reads the <c>NAME=value</c> and <c>NAME&lt;&lt;DELIMITER</c> lines of a file command (<c>worker-semantics.md</c> section 5).
/// </summary>
internal static class KeyValueFile
{
    /// <summary>Largest file that is read. GitHub's runner has no limit of its own; what it takes has to fit into an environment or a template.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>The pairs of a file, as <see cref="Read"/>.</summary>
    /// <exception cref="FileCommandException">A line is neither form, or a value has no end.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<KeyValuePair<string, string>> ReadFile(string path) => Read(RegularFile.ReadText(path, MaxBytes));

    /// <summary>The pairs in order. An error is thrown when it is reached, so that the pairs before it count.</summary>
    /// <exception cref="FileCommandException">A line is neither form, or a value has no end.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Read(string content)
    {
        var next = 0;
        while (TryReadLine(content, ref next, out var line, out _))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var arrows = line.IndexOf("<<", StringComparison.Ordinal);
            if (equals >= 0 && (arrows < 0 || equals < arrows))
            {
                yield return KeyValuePair.Create(line[..equals], line[(equals + 1)..]);
            }
            else if (arrows >= 0)
            {
                yield return ReadBlock(content, ref next, line, arrows);
            }
            else
            {
                throw new FileCommandException($"Invalid format '{line}'. Expected: NAME=value, or NAME<<DELIMITER with the value in the lines up to DELIMITER");
            }
        }
    }

    private static KeyValuePair<string, string> ReadBlock(string content, ref int next, string head, int arrows)
    {
        var (name, delimiter) = (head[..arrows], head[(arrows + 2)..]);
        if (name.Length == 0 || delimiter.Length == 0)
        {
            throw new FileCommandException($"Invalid format '{head}'. Name and delimiter must not be empty");
        }

        var start = next;
        var end = start;
        while (true)
        {
            var lineStart = next;
            if (!TryReadLine(content, ref next, out var line, out var hasEnd))
            {
                throw new FileCommandException($"Invalid value. Matching delimiter not found '{delimiter}'");
            }

            if (line == delimiter)
            {
                return KeyValuePair.Create(name, content[start..end]);
            }

            if (!hasEnd)
            {
                throw new FileCommandException($"Invalid value. EOF value must be a line of its own: the last line of the value of '{name}' has no line end, so '{delimiter}' cannot follow");
            }

            // The value goes up to here, without this line end: it belongs to the delimiter.
            end = lineStart + line.Length;
        }
    }

    private static bool TryReadLine(string content, ref int next, out string line, out bool hasEnd)
    {
        line = string.Empty;
        hasEnd = false;
        if (next >= content.Length)
        {
            return false;
        }

        var end = content.IndexOf('\n', next);
        hasEnd = end >= 0;
        line = content[next..(hasEnd ? end : content.Length)];
        next = hasEnd ? end + 1 : content.Length;
        return true;
    }
}

/// <summary>A file command could not be read. The message is for the workflow's author; the step fails.</summary>
internal sealed class FileCommandException(string message) : Exception(message);
