using System.Collections.Immutable;

namespace Runner.Agent.Configuration;

/// <summary>Where a value of the configuration came from, for messages.</summary>
/// <param name="Source">A file, an environment variable or a flag.</param>
/// <param name="Line">Line in the file, from 1; 0 where the source is no file.</param>
/// <param name="Column">Column in the file, from 1.</param>
public sealed record ConfigOrigin(string Source, int Line = 0, int Column = 0)
{
    /// <summary><c>file:line:column</c>, or the source alone.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>A piece of configuration that is not read into settings yet: what a file, the environment and flags say, with its origin.</summary>
public abstract record ConfigNode(ConfigOrigin Origin);

/// <summary>A single value.</summary>
/// <param name="Origin">Where it stands.</param>
/// <param name="Text">The text; <c>null</c> where YAML's null or nothing was written.</param>
/// <param name="IsQuoted">Whether it was quoted, hence a text for certain.</param>
public sealed record ConfigScalar(ConfigOrigin Origin, string? Text, bool IsQuoted = false) : ConfigNode(Origin);

/// <summary>A list.</summary>
public sealed record ConfigList(ConfigOrigin Origin, ImmutableArray<ConfigNode> Items) : ConfigNode(Origin);

/// <summary>A mapping; its entries keep the order of the file.</summary>
public sealed record ConfigMapping(ConfigOrigin Origin, ImmutableArray<ConfigEntry> Entries) : ConfigNode(Origin)
{
    /// <summary>The mapping with the key's value replaced or added. Keys are found without regard to case.</summary>
    public ConfigMapping With(string key, ConfigNode value)
    {
        var place = IndexOf(key);
        return this with
        {
            Entries = place < 0
                ? Entries.Add(new ConfigEntry(key, value.Origin, value))
                : Entries.SetItem(place, Entries[place] with { Value = value }),
        };
    }

    /// <summary>The mapping with a stronger one laid over it: mappings are laid over each other, anything else is replaced.</summary>
    public ConfigMapping OverlaidWith(ConfigMapping stronger)
    {
        var result = this;
        foreach (var entry in stronger.Entries)
        {
            var both = entry.Value is ConfigMapping over && result.Find(entry.Key) is ConfigMapping under ? under.OverlaidWith(over) : entry.Value;
            result = result.Without(entry.Key);
            result = result with { Entries = result.Entries.Add(entry with { Value = both }) };
        }

        return result;
    }

    /// <summary>The mapping without the key.</summary>
    public ConfigMapping Without(string key) => IndexOf(key) is var place and >= 0 ? this with { Entries = Entries.RemoveAt(place) } : this;

    /// <summary>The key's value, or <c>null</c>.</summary>
    public ConfigNode? Find(string key) => IndexOf(key) is var place and >= 0 ? Entries[place].Value : null;

    private int IndexOf(string key)
    {
        for (var i = 0; i < Entries.Length; i++)
        {
            if (string.Equals(Entries[i].Key, key, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>One entry of a mapping.</summary>
public sealed record ConfigEntry(string Key, ConfigOrigin KeyOrigin, ConfigNode Value);
