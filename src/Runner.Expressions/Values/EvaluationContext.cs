using System.Collections.ObjectModel;

namespace Runner.Expressions.Values;

/// <summary>What an expression is evaluated against.</summary>
public sealed record EvaluationContext
{
    /// <summary>Ten mebibytes: the limit that GitHub's templates have.</summary>
    public const long DefaultMaxBytes = 10 * 1024 * 1024;

    /// <summary>The contexts (<c>github</c>, <c>env</c>, …). Names are found in any case; one that is not there is null.</summary>
    public IReadOnlyDictionary<string, Value> Contexts { get; init; } = ReadOnlyDictionary<string, Value>.Empty;

    /// <summary>The functions that need more than their arguments: <c>success</c>, <c>hashFiles</c>, … Names are found in any case.</summary>
    public IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Functions { get; init; } =
        ReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>>.Empty;

    /// <summary>The most memory, in bytes, that values in the making may hold at a time. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;

    internal Value? FindContext(string name) => Find(Contexts, name);

    internal Func<IReadOnlyList<Value>, Value>? FindFunction(string name) => Find(Functions, name);

    // The caller's dictionary may tell case apart; the language does not.
    private static T? Find<T>(IReadOnlyDictionary<string, T> entries, string name)
        where T : class
    {
        if (entries.TryGetValue(name, out var found))
        {
            return found;
        }

        foreach (var (key, value) in entries)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
