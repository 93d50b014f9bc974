using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;

namespace Runner.Agent.Configuration;

/// <summary>Reads single values: texts, switches, numbers, times, names out of a set.</summary>
internal static class ConfigValues
{
    // What other programs call these levels.
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["info"] = nameof(LogLevel.Information),
        ["warn"] = nameof(LogLevel.Warning),
        ["fatal"] = nameof(LogLevel.Critical),
        ["off"] = nameof(LogLevel.None),
    };

    public static bool CanRead(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(TimeSpan);

    /// <summary>Reads the text as the type; false where it is none.</summary>
    public static bool TryRead(Type type, string text, out object? value)
    {
        value = type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(TimeSpan) => Duration(text),
            _ => Names(type).FirstOrDefault(name => name.Equals(FullName(type, text), StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(type, name) : null,
        };
        return value is not null;
    }

    /// <summary>What a value of the type looks like, for messages.</summary>
    public static string Expected(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(TimeSpan) => "a time such as 30s, 5m, 1h or 500ms",
        _ => $"one of {string.Join(", ", Names(type).Select(name => name.ToLowerInvariant()))}",
    };

    /// <summary>The nearest name of a set.</summary>
    public static string Hint(Type type, string text) =>
        type.IsEnum ? NearestName.Hint(text, Names(type).Select(name => name.ToLowerInvariant())) : string.Empty;

    /// <summary>All texts that a type which is a set of names takes.</summary>
    public static IEnumerable<string> Choices(Type type) =>
        [.. Names(type).SelectMany(Spellings), .. type == typeof(LogLevel) ? Synonyms.Keys.AsEnumerable() : []];

    // A name of several words is read in any case; these two are what people write.
    private static IEnumerable<string> Spellings(string name) =>
        new[] { name.ToLowerInvariant(), JsonNamingPolicy.CamelCase.ConvertName(name) }.Distinct();

    private static string[] Names(Type type) => Enum.GetNames(type);

    private static string FullName(Type type, string text) => type == typeof(LogLevel) ? Synonyms.GetValueOrDefault(text, text) : text;

    private static TimeSpan? Duration(string text)
    {
        var units = text.AsSpan().TrimStart("0123456789.");
        if (!double.TryParse(text.AsSpan(0, text.Length - units.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        return units switch
        {
            "ms" => TimeSpan.FromMilliseconds(amount),
            "s" or "" => TimeSpan.FromSeconds(amount),
            "m" => TimeSpan.FromMinutes(amount),
            "h" => TimeSpan.FromHours(amount),
            _ => null,
        };
    }
}
