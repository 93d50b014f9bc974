using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Data;

/// <summary>
/// A value of a context (<c>github</c>, <c>matrix</c>, …) as the job message carries it (<c>job-message.md</c> section 5).
/// Its JSON form is read and written by <see cref="ContextDataConverter"/>.
/// </summary>
[JsonConverter(typeof(ContextDataConverter))]
public abstract record ContextData
{
    private protected ContextData()
    {
    }

    /// <summary>A text as context data; <c>null</c> becomes <see cref="NullData"/>.</summary>
    public static ContextData From(string? text) => text is null ? NullData.Instance : new StringData(text);
}

/// <summary>Null.</summary>
public sealed record NullData : ContextData
{
    /// <summary>The one null.</summary>
    public static NullData Instance { get; } = new();
}

/// <summary>A text.</summary>
public sealed record StringData(string Value) : ContextData;

/// <summary>A boolean.</summary>
public sealed record BooleanData(bool Value) : ContextData;

/// <summary>A number, always a 64-bit float.</summary>
public sealed record NumberData(double Value) : ContextData;

/// <summary>A list.</summary>
public sealed record ArrayData(ImmutableArray<ContextData> Items) : ContextData;

/// <summary>A dictionary that keeps the order of its entries.</summary>
/// <param name="Entries">Names with values. Where a name comes twice, the later one counts.</param>
/// <param name="IsCaseSensitive">Whether names that differ in case only are different names.</param>
public sealed record DictionaryData(ImmutableArray<KeyValuePair<string, ContextData>> Entries, bool IsCaseSensitive = false) : ContextData
{
    /// <summary>A dictionary without entries.</summary>
    public static DictionaryData Empty { get; } = new(ImmutableArray<KeyValuePair<string, ContextData>>.Empty);

    /// <summary>A dictionary of texts.</summary>
    public static DictionaryData FromStrings(IEnumerable<KeyValuePair<string, string>> entries) =>
        new([.. entries.Select(entry => KeyValuePair.Create(entry.Key, ContextData.From(entry.Value)))]);

    /// <summary>The value under a name, or <c>null</c> where there is none.</summary>
    public ContextData? Find(string name)
    {
        var comparison = IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        for (var i = Entries.Length - 1; i >= 0; i--)
        {
            if (string.Equals(Entries[i].Key, name, comparison))
            {
                return Entries[i].Value;
            }
        }

        return null;
    }

    /// <summary>The text under a name, or <c>null</c> where there is none or it is no text.</summary>
    public string? FindText(string name) => Find(name) is StringData text ? text.Value : null;

    /// <summary>The same dictionary without all but these names.</summary>
    public DictionaryData Only(IReadOnlySet<string> names) => this with { Entries = [.. Entries.Where(entry => names.Contains(entry.Key))] };

    /// <summary>The same dictionary with one entry set: replaced where it stands, or added at the end.</summary>
    public DictionaryData With(string name, ContextData value)
    {
        var comparison = IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        for (var i = 0; i < Entries.Length; i++)
        {
            if (string.Equals(Entries[i].Key, name, comparison))
            {
                return this with { Entries = Entries.SetItem(i, KeyValuePair.Create(Entries[i].Key, value)) };
            }
        }

        return this with { Entries = Entries.Add(KeyValuePair.Create(name, value)) };
    }
}
