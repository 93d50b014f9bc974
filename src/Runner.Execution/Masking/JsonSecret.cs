using System.Text.Json;

namespace Runner.Execution.Masking;

/// <summary>The parts of a secret that is JSON, as a cloud's key file: steps take it apart and print its fields. Pure.</summary>
internal static class JsonSecret
{
    // Shorter ones are words and switches; in the place of every one of them a log would have stars.
    private const int MinTextLength = 4;
    private const int MinNumberLength = 6;
    private const int MaxFields = 10_000;

    /// <summary>Its texts and long numbers, at any depth; none where it is no object or list.</summary>
    public static IReadOnlyList<string> Fields(string secret)
    {
        if (secret.Length < 2 || (secret[0], secret[^1]) is not (('{', '}') or ('[', ']')))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(secret, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var fields = new List<string>();
            Add(document.RootElement, fields);
            return fields;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return []; // brackets around something else; InvalidOperationException: a text with half a surrogate pair
        }
    }

    private static void Add(JsonElement element, List<string> fields)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Add(member.Value, fields);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Add(item, fields);
                }

                break;
            case JsonValueKind.String when element.GetString() is { } text && text.Trim().Length >= MinTextLength:
                Add(text, fields);
                break;
            case JsonValueKind.Number when element.GetRawText() is { Length: >= MinNumberLength } number:
                Add(number, fields);
                break;
        }
    }

    private static void Add(string field, List<string> fields)
    {
        if (fields.Count < MaxFields && !bool.TryParse(field, out _))
        {
            fields.Add(field);
        }
    }
}
