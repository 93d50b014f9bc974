using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Runner.Jobs;

namespace Runner.Services.Json;

/// <summary>Reads the bodies of requests, which strangers write: whatever is in them that no program of ours could use is a <see cref="JsonException"/> here, not a fault later.</summary>
/// <remarks>
/// Beyond a type's own reading: texts that are no Unicode (half a surrogate pair), and nulls in lists and mappings whose elements cannot be null. Members that are raw
/// JSON may hold nulls, but no name twice in an object.
/// </remarks>
public static class JsonBody
{
    /// <summary>The body as a value; <c>null</c> where it is the JSON text <c>null</c>.</summary>
    /// <exception cref="JsonException">It cannot be read; the message says why.</exception>
    public static Task<T?> ReadAsync<T>(Stream body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        ReadAsync(body, type, null, cancellationToken);

    /// <summary>The same with a check of the body before it is read.</summary>
    /// <exception cref="JsonException">It cannot be read, or the check threw it.</exception>
    public static async Task<T?> ReadAsync<T>(Stream body, JsonTypeInfo<T> type, Action<JsonElement>? check, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        using var document = await JsonDocument.ParseAsync(body, JsonDepth.OfDocument, cancellationToken);
        Check(document.RootElement);
        check?.Invoke(document.RootElement);
        return Read(document.RootElement, type);
    }

    /// <summary>A text as a value; <c>null</c> where it is the JSON text <c>null</c>.</summary>
    /// <exception cref="JsonException">It cannot be read; the message says why.</exception>
    public static T? Read<T>(ReadOnlyMemory<byte> text, JsonTypeInfo<T> type)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
        return Read(document.RootElement, type);
    }

    /// <summary>A text as an object; <c>null</c> where it is something else.</summary>
    /// <exception cref="JsonException">It cannot be read; the message says why.</exception>
    public static JsonObject? ReadObject(ReadOnlyMemory<byte> text)
    {
        using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
        Check(document.RootElement);
        RefuseTwins(document.RootElement);
        return document.RootElement.ValueKind == JsonValueKind.Object ? JsonObject.Create(document.RootElement.Clone()) : null;
    }

    private static T? Read<T>(JsonElement element, JsonTypeInfo<T> type)
        where T : class
    {
        Check(element);
        RefuseNulls(element, type, "the body");
        return element.Deserialize(type);
    }

    private static void Check(JsonElement element)
    {
        try
        {
            ReadTexts(element);
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException($"A text is no Unicode: {broken.Message}", broken);
        }
    }

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
        }
    }

    private static void RefuseTwins(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    RefuseTwins(item);
                }

                break;
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                {
                    if (!names.Add(member.Name))
                    {
                        throw new JsonException($"'{member.Name}' stands twice in an object");
                    }

                    RefuseTwins(member.Value);
                }

                break;
        }
    }

    private static void RefuseNulls(JsonElement element, JsonTypeInfo type, string place)
    {
        if (IsRaw(type.Type))
        {
            RefuseTwins(element);
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when element.ValueKind == JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    RefuseNullsInMember(member, type, place);
                }

                break;
            case JsonTypeInfoKind.Enumerable when element.ValueKind == JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    RefuseNull(item, type, place);
                }

                break;
            case JsonTypeInfoKind.Dictionary when element.ValueKind == JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    RefuseNull(member.Value, type, $"{place}.{member.Name}");
                }

                break;
        }
    }

    private static void RefuseNullsInMember(JsonProperty member, JsonTypeInfo type, string place)
    {
        if (type.Properties.FirstOrDefault(property => property.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)) is not { } property)
        {
            return;
        }

        if (property.IsRequired && member.Value.ValueKind == JsonValueKind.Null)
        {
            throw new JsonException($"'{member.Name}' of {place} must not be null");
        }

        RefuseNulls(member.Value, type.Options.GetTypeInfo(property.PropertyType), $"'{member.Name}'");
    }

    private static void RefuseNull(JsonElement item, JsonTypeInfo collection, string place)
    {
        if (collection.ElementType is not { } element)
        {
            return;
        }

        if (item.ValueKind == JsonValueKind.Null && !IsRaw(element) && Nullable.GetUnderlyingType(element) is null)
        {
            throw new JsonException($"{place} must not hold null");
        }

        RefuseNulls(item, collection.Options.GetTypeInfo(element), place);
    }

    private static bool IsRaw(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(JsonElement);
}
