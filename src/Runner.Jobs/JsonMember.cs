using System.Globalization;
using System.Text.Json;

namespace Runner.Jobs;

/// <summary>Reading of members whose names GitHub's readers match without regard to case (<c>job-message.md</c> section 1).</summary>
internal static class JsonMember
{
    public static JsonElement? Find(JsonElement element, string name)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    public static string? Text(JsonElement element, string name) => Find(element, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => other.GetRawText(),
    };

    /// <summary>The number under a name; 0 where it is missing. <c>NaN</c> and the infinities come as text.</summary>
    public static double Number(JsonElement element, string name) => Find(element, name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text => double.Parse(text.GetString() ?? "0", CultureInfo.InvariantCulture),
        _ => 0,
    };

    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
