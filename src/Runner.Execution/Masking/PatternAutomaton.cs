using System.Runtime.InteropServices;

namespace Runner.Execution.Masking;

/// <summary>Finds many byte patterns in one pass, in time linear in the text whatever the patterns (Aho-Corasick). Immutable.</summary>
/// <remarks>
/// A state's children form a list (first child, next sibling): a table of 256 for each state would cost megabytes for one private key. Nearly
/// all states have one child. At the root, a bitmap of the patterns' first two bytes skips what cannot begin a pattern.
/// </remarks>
internal sealed class PatternAutomaton
{
    private readonly List<State> _states;
    private readonly int[] _root = new int[256];
    private readonly ulong[] _firstPairs = new ulong[65536 / 64];

    /// <param name="patterns">None of them empty.</param>
    public PatternAutomaton(IEnumerable<byte[]> patterns)
    {
        // At once as large as it can become: a list that grows touches each page twice over, and that shows in the start of a job.
        byte[][] all = [.. patterns];
        _states = new List<State>(1 + all.Sum(pattern => pattern.Length)) { default };
        foreach (var pattern in all)
        {
            Add(pattern);
        }

        Link();
    }

    /// <summary>Length of the longest pattern in bytes; 0 where there are none.</summary>
    public int MaxLength { get; private set; }

    /// <summary>Adds where patterns stand in the text: merged where they overlap or touch, in order.</summary>
    public void Find(ReadOnlySpan<byte> text, HitList hits)
    {
        if (MaxLength == 0)
        {
            return;
        }

        var states = CollectionsMarshal.AsSpan(_states);
        var state = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (state == 0)
            {
                i = NextStart(text, i);
                if (i == text.Length)
                {
                    return;
                }
            }

            state = Next(states, state, text[i]);
            if (states[state].Match is var length and > 0)
            {
                hits.Add(i + 1 - length, i + 1);
            }
        }
    }

    private int NextStart(ReadOnlySpan<byte> text, int from)
    {
        var pairs = _firstPairs;
        for (var i = from; i < text.Length - 1; i++)
        {
            var pair = (text[i] << 8) | text[i + 1];
            if ((pairs[pair >> 6] & (1UL << (pair & 63))) != 0)
            {
                return i;
            }
        }

        // The last byte has no pair: it is looked at.
        return Math.Max(from, text.Length - 1);
    }

    private int Next(ReadOnlySpan<State> states, int state, byte symbol)
    {
        while (state != 0)
        {
            for (var child = states[state].FirstChild; child != 0; child = states[child].NextSibling)
            {
                if (states[child].Symbol == symbol)
                {
                    return child;
                }
            }

            state = states[state].Fallback;
        }

        return _root[symbol];
    }

    private void Add(byte[] pattern)
    {
        MarkStart(pattern);
        var state = 0;
        foreach (var symbol in pattern)
        {
            var child = FindChild(state, symbol);
            state = child != 0 ? child : AddChild(state, symbol);
        }

        CollectionsMarshal.AsSpan(_states)[state].Match = pattern.Length;
        MaxLength = Math.Max(MaxLength, pattern.Length);
    }

    private void MarkStart(byte[] pattern)
    {
        var from = pattern.Length > 1 ? pattern[1] : 0;
        var to = pattern.Length > 1 ? pattern[1] : 255;
        for (var second = from; second <= to; second++)
        {
            var pair = (pattern[0] << 8) | second;
            _firstPairs[pair >> 6] |= 1UL << (pair & 63);
        }
    }

    private int FindChild(int state, byte symbol)
    {
        if (state == 0)
        {
            return _root[symbol];
        }

        var child = _states[state].FirstChild;
        while (child != 0 && _states[child].Symbol != symbol)
        {
            child = _states[child].NextSibling;
        }

        return child;
    }

    private int AddChild(int state, byte symbol)
    {
        var child = _states.Count;
        _states.Add(new State { Symbol = symbol, NextSibling = _states[state].FirstChild });
        CollectionsMarshal.AsSpan(_states)[state].FirstChild = child;
        if (state == 0)
        {
            _root[symbol] = child;
        }

        return child;
    }

    // Breadth first: a state's fallback is shorter than the state itself, so it is complete when it is needed.
    private void Link()
    {
        var states = CollectionsMarshal.AsSpan(_states);
        var queue = new Queue<int>();
        for (var child = states[0].FirstChild; child != 0; child = states[child].NextSibling)
        {
            queue.Enqueue(child);
        }

        while (queue.TryDequeue(out var state))
        {
            for (var child = states[state].FirstChild; child != 0; child = states[child].NextSibling)
            {
                var fallback = Next(states, states[state].Fallback, states[child].Symbol);
                states[child].Fallback = fallback;

                // The longest pattern that ends here covers the shorter ones.
                if (states[child].Match == 0)
                {
                    states[child].Match = states[fallback].Match;
                }

                queue.Enqueue(child);
            }
        }
    }

    private struct State
    {
        public int FirstChild;
        public int NextSibling;
        public int Fallback;

        /// <summary>Length of the longest pattern that ends here, or 0.</summary>
        public int Match;

        public byte Symbol;
    }
}
