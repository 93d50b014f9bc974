using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Runner.Kubernetes.Status;

/// <summary>One copy of each text that pods have alike: thousands of pods have the same labels, images and conditions, and each answer brings its own.</summary>
internal static class SharedTexts
{
    // All of them are forgotten then: what is seen again soon has a common copy again.
    private const int Most = 4096;
    private const int MostCharacters = 256;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);
    private static int _count;

    /// <summary>The common copy of a text.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (text is null || text.Length > MostCharacters)
        {
            return text;
        }

        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Interlocked.Increment(ref _count) > Most)
        {
            Known.Clear();
            Volatile.Write(ref _count, 0);
        }

        return Known.GetOrAdd(text, text);
    }

    /// <summary>The same labels, or annotations, of common copies.</summary>
    public static IDictionary<string, string>? Of(IDictionary<string, string>? texts)
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
