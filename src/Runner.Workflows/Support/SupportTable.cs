using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Runner.Workflows.Support;

/// <summary>What becomes of each key of one kind of file: nothing that an author writes is ignored in silence.</summary>
/// <remarks>A test holds the tables against GitHub's published grammar; <c>docs/workflow-support.md</c> is made from them.</remarks>
internal sealed class SupportTable(params KeySupport[] keys)
{
    private readonly FrozenDictionary<string, KeySupport> _byPath = keys.ToFrozenDictionary(key => key.Path, StringComparer.Ordinal);

    /// <summary>All keys, in the order of the documentation.</summary>
    public ImmutableArray<KeySupport> Keys { get; } = [.. keys];

    /// <summary>What becomes of a key; <c>null</c>: the table does not have it.</summary>
    /// <param name="parent">Path of the mapping that it stands in; empty at the top.</param>
    /// <param name="key">The key, or <c>*</c>.</param>
    public KeySupport? Find(string parent, string key) =>
        _byPath.GetValueOrDefault(Join(parent, key)) ?? _byPath.GetValueOrDefault(Join(parent, "*"));

    /// <summary>The path below a key: that of its entry, where it has one. Steps of <c>parallel</c> are steps.</summary>
    public string PathBelow(string parent, string key) => key == "parallel" ? parent : Find(parent, key)?.Path ?? Join(parent, key);

    private static string Join(string parent, string key) => parent.Length == 0 ? key : $"{parent}.{key}";
}
