using System.Collections;
using System.Globalization;

namespace Runner.Agent.Configuration;

/// <summary>One setting as it counts.</summary>
/// <param name="Path">Such as <c>pools[0].labels</c>.</param>
/// <param name="Value">Its value as text.</param>
/// <param name="Origin">Where it was written; <c>null</c>: it is the default.</param>
public sealed record ConfigListingLine(string Path, string Value, ConfigOrigin? Origin);

/// <summary>Lists settings that were read, those that nobody wrote with their defaults. What has no value is left out.</summary>
public static class ConfigListing
{
    /// <summary>The lines, in the order of the settings' types.</summary>
    public static IEnumerable<ConfigListingLine> Of(ConfigReading reading) => Object(reading, string.Empty, reading.Options);

    private static IEnumerable<ConfigListingLine> Object(ConfigReading reading, string path, object value) => ConfigBinder.Settings(value.GetType())
        .SelectMany(property => Value(reading, path.Length == 0 ? ConfigBinder.KeyName(property) : $"{path}.{ConfigBinder.KeyName(property)}", property.GetValue(value)));

    private static IEnumerable<ConfigListingLine> Value(ConfigReading reading, string path, object? value) => value switch
    {
        null => [],
        IDictionary dictionary => dictionary.Keys.Cast<string>().SelectMany(key => Value(reading, $"{path}.{key}", dictionary[key])),
        IList list when IsOfValues(list) => list.Count == 0 ? [] : [Line(reading, path, string.Join(", ", list.Cast<object>().Select(Text)))],
        IList list => list.Cast<object>().SelectMany((item, index) => Value(reading, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item)),
        string { Length: 0 } => [],
        _ when ConfigValues.CanRead(value.GetType()) || KubernetesValues.IsOne(value.GetType()) => [Line(reading, path, Text(value))],
        _ => Object(reading, path, value),
    };

    private static bool IsOfValues(IList list) => list.Cast<object>().All(item => ConfigValues.CanRead(item.GetType()));

    private static ConfigListingLine Line(ConfigReading reading, string path, string text) => new(path, text, reading.Origins.GetValueOrDefault(path));

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => name.ToString().ToLowerInvariant(),
        TimeSpan time => time.TotalSeconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        _ => KubernetesValues.ToText(value),
    };
}
