using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Runner.Kubernetes.Status;

/// <summary>One copy of each text that pods have alike: thousands of pods have the same labels, images and conditions, and each answer brings its own.</summary>
internal sealed class SharedTexts
{
    /// <summary>Texts at which all are forgotten: what is seen again soon has a common copy again.</summary>
    public const int Most = 4096;

    private const int MostCharacters = 256;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>How many it knows.</summary>
    public int Count => _known.Count;

    /// <summary>The common copy of a text.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Of(string? text)
    {
        if (text is null || text.Length > MostCharacters)
        {
            return text;
        }

        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Interlocked.Increment(ref _count) > Most)
        {
            _known.Clear();
            Volatile.Write(ref _count, 1);
        }

        return _known.GetOrAdd(text, text);
    }

    /// <summary>The same labels, or annotations, of common copies.</summary>
    public IDictionary<string, string>? Of(IDictionary<string, string>? texts)
    {
        if (texts is null)
        {
            return null;
        }

        var shared = new Dictionary<string, string>(texts.Count, StringComparer.Ordinal);
        foreach (var (key, value) in texts)
        {
            shared[Of(key)] = Of(value);
        }

        return shared;
    }
}
