using System.Text.Json;

namespace Runner.Jobs;

/// <summary>How deep JSON may be nested, wherever a job's data pass: one limit, so that nobody writes what another cannot read.</summary>
public static class JsonDepth
{
    /// <summary>Most lists and objects in one another that data may have: GitHub's limit for values of expressions.</summary>
    public const int MaxData = 100;

    /// <summary>Most levels of any text with such data: job messages write each level as three, with some around them.</summary>
    public const int Max = (3 * MaxData) + 64;

    /// <summary>For documents with data.</summary>
    public static JsonDocumentOptions OfDocument { get; } = new() { MaxDepth = Max };

    /// <summary>Whether a value is nested no deeper than <see cref="MaxData"/>.</summary>
    public static bool IsWithin(JsonElement value, int levels = MaxData) => value.ValueKind switch
    {
        JsonValueKind.Object => levels > 0 && value.EnumerateObject().All(member => IsWithin(member.Value, levels - 1)),
        JsonValueKind.Array => levels > 0 && value.EnumerateArray().All(item => IsWithin(item, levels - 1)),
        _ => true,
    };
}
