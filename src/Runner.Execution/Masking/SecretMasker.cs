using System.Text;

namespace Runner.Execution.Masking;

/// <summary>
/// Replaces secrets in text by <c>***</c> (<c>worker-semantics.md</c> section 12). Secrets may be added at any time from any thread.
/// </summary>
internal sealed class SecretMasker
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);
    private readonly List<PatternHint> _hints = [];

    // Made anew by the next line after a secret was added, so that a hundred additions in a row cost one building.
    private volatile Snapshot? _snapshot = new(new PatternAutomaton([]), [], HasBlank: false);

    /// <summary>
    /// From now on this text, each of its lines, and their usual encodings are masked. Empty and <c>null</c>: nothing happens.
    /// </summary>
    public void Add(string? secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            return;
        }

        lock (_lock)
        {
            var count = _patterns.Count;
            _patterns.UnionWith(SecretVariants.Of(secret));
            if (_patterns.Count != count)
            {
                _snapshot = null;
            }
        }
    }

    /// <summary>From now on what matches this regular expression is masked.</summary>
    /// <returns>False where it is no valid expression: then it is taken as a text, so that nothing gets through.</returns>
    public bool AddPattern(string expression)
    {
        if (PatternHint.TryReadLiteral(expression, out var literal))
        {
            Add(literal);
            return true;
        }

        if (!PatternHint.TryParse(expression, out var hint))
        {
            Add(expression);
            return false;
        }

        lock (_lock)
        {
            _hints.Add(hint);
            _snapshot = null;
        }

        return true;
    }

    /// <summary>The line masked: the same span where nothing is to be masked, else one in the buffer, good until its next use.</summary>
    public ReadOnlySpan<byte> MaskLine(ReadOnlySpan<byte> line, MaskBuffer buffer)
    {
        var snapshot = _snapshot ?? Build();
        Find(snapshot, line, buffer);
        foreach (var hint in snapshot.Hints)
        {
            hint.Find(line, buffer.Hits);
        }

        return buffer.Hits.Count == 0 ? line : buffer.Replace(line);
    }

    /// <summary>A text masked; the same object where nothing is to be masked.</summary>
    public string MaskText(string text)
    {
        var buffer = new MaskBuffer();
        var bytes = Encoding.UTF8.GetBytes(text);
        var masked = MaskLine(bytes, buffer);
        return buffer.Hits.Count == 0 ? text : Encoding.UTF8.GetString(masked);
    }

    /// <summary>Whether masking would change the text.</summary>
    public bool WouldChange(string text) => !ReferenceEquals(MaskText(text), text);

    /// <summary>
    /// Where a text whose rest is still to come may be cut without cutting a secret: <paramref name="line"/> up to there can be masked by itself.
    /// </summary>
    public int SafeCut(ReadOnlySpan<byte> line)
    {
        var snapshot = _snapshot ?? Build();
        var growth = line.Contains((byte)'%') ? PercentDecoding.MaxGrowth : 1;
        var cut = Math.Max(0, line.Length - (growth * snapshot.Automaton.MaxLength));
        var buffer = new MaskBuffer();
        Find(snapshot, line, buffer);
        var hits = buffer.Hits;
        for (var i = hits.Count - 1; i >= 0; i--)
        {
            if (hits[i].Start < cut && hits[i].End > cut)
            {
                return hits[i].Start;
            }
        }

        return cut;
    }

    private static void Find(Snapshot snapshot, ReadOnlySpan<byte> line, MaskBuffer buffer)
    {
        buffer.Hits.Clear();
        snapshot.Automaton.Find(line, buffer.Hits);
        if (snapshot.Automaton.MaxLength == 0 || !PercentDecoding.MayHelp(line, snapshot.HasBlank))
        {
            return;
        }

        FindDecoded(snapshot, line, buffer, isPlusABlank: false);
        if (snapshot.HasBlank && line.Contains((byte)'+'))
        {
            FindDecoded(snapshot, line, buffer, isPlusABlank: true);
        }
    }

    private static void FindDecoded(Snapshot snapshot, ReadOnlySpan<byte> line, MaskBuffer buffer, bool isPlusABlank)
    {
        var (decoding, hits) = (buffer.Decoding, buffer.DecodedHits);
        var isChanged = decoding.Load(line, isPlusABlank);
        for (var round = 1; isChanged && round <= PercentDecoding.MaxRounds; round++)
        {
            hits.Clear();
            snapshot.Automaton.Find(decoding.Text, hits);
            for (var i = 0; i < hits.Count; i++)
            {
                buffer.Hits.Add(decoding.PlaceOf(hits[i].Start), decoding.PlaceOf(hits[i].End));
            }

            isChanged = round < PercentDecoding.MaxRounds && decoding.DecodeAgain();
        }
    }

    private Snapshot Build()
    {
        lock (_lock)
        {
            return _snapshot ??= new Snapshot(
                new PatternAutomaton(_patterns.Select(Encoding.UTF8.GetBytes)),
                [.. _hints],
                _patterns.Any(pattern => pattern.Contains(' ', StringComparison.Ordinal)));
        }
    }

    private sealed record Snapshot(PatternAutomaton Automaton, PatternHint[] Hints, bool HasBlank);
}
