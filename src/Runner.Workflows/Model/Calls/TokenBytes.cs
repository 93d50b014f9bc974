using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Calls;

/// <summary>Counts the size of tokens as GitHub's service does: it limits what all files of a run hold together.</summary>
internal sealed class TokenBytes(long limit)
{
    private const int ObjectBytes = 24;
    private const int TextBytes = 26;

    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What has been counted.</summary>
    public long Used { get; set; }

    /// <summary>Adds a file: its name, and all that it holds. False where the limit is passed.</summary>
    public bool TryAdd(string path, TemplateToken root) => (!_files.Add(path) || TryAddText(path)) && TryAdd(root);

    /// <summary>Adds what is made of a file when it is read. False where the limit is passed.</summary>
    public bool TryAdd(long bytes)
    {
        Used += bytes;
        return Used <= limit;
    }

    private bool TryAdd(TemplateToken token)
    {
        Used += ObjectBytes;
        return token switch
        {
            SequenceToken sequence => sequence.Items.All(TryAdd),
            MappingToken mapping => mapping.Entries.All(entry => TryAdd(entry.Key) && TryAdd(entry.Value)),
            StringToken text => TryAddText(text.Value),
            ExpressionToken expression => TryAddText(expression.Expression),
            _ => Used <= limit,
        };
    }

    private bool TryAddText(string text)
    {
        Used += TextBytes + (sizeof(char) * text.Length);
        return Used <= limit;
    }
}
