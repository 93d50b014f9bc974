using System.Collections.Immutable;

namespace Runner.Cli.Running;

/// <summary>Images of GitHub's own labels where nothing else is set: those that act takes (its "medium" choice), so that its users see no change.</summary>
internal static class ActImages
{
    private static readonly ImmutableDictionary<string, string> Images = ImmutableDictionary.CreateRange(StringComparer.OrdinalIgnoreCase, new Dictionary<string, string>
    {
        ["ubuntu-latest"] = "catthehacker/ubuntu:act-latest",
        ["ubuntu-24.04"] = "catthehacker/ubuntu:act-24.04",
        ["ubuntu-22.04"] = "catthehacker/ubuntu:act-22.04",
    });

    /// <summary>These under what is configured, which wins.</summary>
    public static ImmutableDictionary<string, string> Under(IEnumerable<KeyValuePair<string, string>> configured) => Images.SetItems(configured);
}
