using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Runner.Expressions.Values;

/// <summary>Names with values, in the order of their first appearance. Two objects are equal only where they are one and the same.</summary>
public sealed record ObjectValue : Value
{
    private readonly OrderedDictionary<string, Value> _entries;

    /// <summary>Creates an object.</summary>
    /// <param name="entries">Names with values. Where a name comes again, the later value takes the earlier one's place.</param>
    /// <param name="isCaseSensitive">Whether names that differ in case only are different names, as in <c>env</c> on Linux.</param>
    public ObjectValue(IEnumerable<KeyValuePair<string, Value>> entries, bool isCaseSensitive = false)
    {
        ArgumentNullException.ThrowIfNull(entries);
        IsCaseSensitive = isCaseSensitive;
        _entries = new(isCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in entries)
        {
            _entries[name] = value;
        }
    }

    /// <summary>The object without entries.</summary>
    public static ObjectValue Empty { get; } = new([]);

    /// <summary>Names with values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, Value>> Entries => _entries;

    /// <summary>Whether names that differ in case only are different names.</summary>
    public bool IsCaseSensitive { get; }

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Object;

    /// <inheritdoc/>
    public override bool IsTruthy => true;

    /// <summary>The value under a name.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryGet(string name, [MaybeNullWhen(false)] out Value value) => _entries.TryGetValue(name, out value);

    /// <summary>The value under a name, or <c>null</c> where there is none.</summary>
    public Value? Find(string name) => _entries.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToText() => "Object";

    /// <inheritdoc/>
    public override double ToNumber() => double.NaN;

    /// <summary>Whether it is the same object.</summary>
    public bool Equals(ObjectValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
