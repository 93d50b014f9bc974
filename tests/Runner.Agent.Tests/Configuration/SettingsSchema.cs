using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Runner.Agent.Configuration;
using Runner.Kubernetes.Options;

namespace Runner.Agent.Tests.Configuration;

/// <summary>Makes the JSON schema of settings from their types, as the agent reads them: what it refuses to read, the schema refuses.</summary>
internal sealed partial class SettingsSchema
{
    private readonly SortedDictionary<string, JsonObject> _pieces = new(StringComparer.Ordinal);

    /// <summary>Adds what other parts refer to. Pieces of Kubernetes' API stand in many places, and are described once.</summary>
    public JsonObject With(JsonObject schema)
    {
        var defined = schema["$defs"] as JsonObject ?? [];
        foreach (var (name, piece) in _pieces)
        {
            defined[name] = piece;
        }

        schema["$defs"] = defined;
        return schema;
    }

    /// <summary>The schema of a type.</summary>
    public JsonObject Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ConfigValues.CanRead(type))
        {
            return Value(type);
        }

        if (KubernetesValues.IsOne(type) && KubernetesValues.IsSingle(type))
        {
            return new JsonObject { ["type"] = new JsonArray("string", "number") };
        }

        if (ConfigBinder.DictionaryValueType(type) is { } value)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value) };
        }

        if (ConfigBinder.ItemType(type) is { } item)
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = Of(item) };
            return item == typeof(string) ? new JsonObject { ["anyOf"] = new JsonArray(list, new JsonObject { ["type"] = "string" }) } : list;
        }

        Assert.True(ConfigBinder.Settings(type).Any(), $"{type} can be neither read nor described");
        if (type.GetCustomAttribute<ShortFormAttribute>() is { } form)
        {
            return new JsonObject { ["anyOf"] = new JsonArray(Section(type), Of(type.GetProperty(form.Property)!.PropertyType)) }; // the attribute names one
        }

        return KubernetesValues.IsOne(type) ? Piece(type) : Section(type);
    }

    private JsonObject Piece(Type type)
    {
        if (_pieces.TryAdd(type.Name, []))
        {
            _pieces[type.Name] = Section(type);
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
    }

    private JsonObject Section(Type type)
    {
        var properties = ConfigBinder.Settings(type).ToList();
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(ConfigBinder.KeyName(property), (JsonNode?)Setting(type, property)))),
        };
        string[] required = KubernetesValues.IsOne(type)
            ? KubernetesValues.Required(type)
            : [.. properties.Where(property => property.IsDefined(typeof(RequiredAttribute))).Select(ConfigBinder.KeyName)];
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        return schema;
    }

    private JsonObject Setting(Type type, PropertyInfo property)
    {
        var schema = Of(property.PropertyType);
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
        {
            Single(schema)["enum"] = Names(allowed.Values.OfType<string>());
        }

        if (KubernetesValues.Choices(type, ConfigBinder.KeyName(property)) is { Length: > 0 } choices)
        {
            schema["enum"] = Names(choices);
        }

        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } form)
        {
            // A pattern holds for texts alone, so that the number 2 may stand for "2". Not every reader of schemas knows names of groups.
            Single(schema)["pattern"] = GroupName().Replace(form.Pattern, "(");
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = (int)range.Minimum;
            if (range.Maximum is int and < int.MaxValue)
            {
                schema["maximum"] = (int)range.Maximum;
            }
        }

        if (property.IsDefined(typeof(RequiredAttribute)) && property.PropertyType == typeof(string))
        {
            schema["minLength"] = 1;
        }

        if (!KubernetesValues.IsOne(type))
        {
            schema["description"] = SettingDocs.Of(property);
        }

        return schema;
    }

    // Of a dictionary or a list, what is said holds for each value.
    private static JsonObject Single(JsonObject schema) =>
        schema["additionalProperties"] as JsonObject ?? schema["anyOf"]?[0]?["items"] as JsonObject ?? schema;

    private static JsonObject Value(Type type) => type switch
    {
        { IsEnum: true } => new JsonObject { ["enum"] = Names(ConfigValues.Choices(type)) },
        _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
        _ when type == typeof(int) || type == typeof(long) => new JsonObject { ["type"] = "integer" },
        _ when type == typeof(double) => new JsonObject { ["type"] = "number" },
        _ when type == typeof(TimeSpan) => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = @"^[0-9]+(\.[0-9]+)?(ms|s|m|h)?$" },
        _ => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    [GeneratedRegex(@"\(\?<[a-z]+>")]
    private static partial Regex GroupName();
}
