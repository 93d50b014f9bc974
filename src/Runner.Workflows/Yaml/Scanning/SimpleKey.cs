using YamlDotNet.Core;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>A place that turns out to be a key only when a <c>:</c> follows on its line. One for each level of brackets.</summary>
internal sealed class SimpleKey
{
    /// <summary>Whether the place may still be a key.</summary>
    public bool IsPossible { get; set; }

    /// <summary>Whether nothing but a key may stand at the place: the others of its mapping begin in the same column.</summary>
    public bool IsRequired { get; set; }

    /// <summary>Number of the first token of the key, counted over the whole file.</summary>
    public int Token { get; set; }

    /// <summary>Where it begins.</summary>
    public Mark Place { get; set; }
}
