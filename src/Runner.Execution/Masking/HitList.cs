namespace Runner.Execution.Masking;

/// <summary>Places in a text that are to be masked: apart from each other and in order. Reused from line to line.</summary>
internal sealed class HitList
{
    private (int Start, int End)[] _hits = new (int, int)[16];

    /// <summary>How many places there are.</summary>
    public int Count { get; private set; }

    /// <summary>A place, the end excluded.</summary>
    public (int Start, int End) this[int index] => _hits[index];

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a place and merges it with those it overlaps or touches. Cheap where places come by rising end.</summary>
    public void Add(int start, int end)
    {
        if (start >= end)
        {
            return;
        }

        // Step 1: the places behind the new one (only patterns of another kind come out of order) are set aside.
        var behind = Count;
        while (behind > 0 && _hits[behind - 1].Start > end)
        {
            behind--;
        }

        // Step 2: those that overlap or touch it become one with it.
        var first = behind;
        while (first > 0 && _hits[first - 1].End >= start)
        {
            first--;
            start = Math.Min(start, _hits[first].Start);
            end = Math.Max(end, _hits[first].End);
        }

        Replace(first, behind, (start, end));
    }

    private void Replace(int from, int to, (int Start, int End) place)
    {
        var moved = Count - to;
        if (Count + 1 > _hits.Length)
        {
            Array.Resize(ref _hits, _hits.Length * 2);
        }

        if (moved > 0)
        {
            Array.Copy(_hits, to, _hits, from + 1, moved);
        }

        _hits[from] = place;
        Count = from + 1 + moved;
    }
}
