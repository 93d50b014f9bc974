using System.Collections;
using System.Reflection;
using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;

namespace Runner.Agent.Configuration;

/// <summary>Reads nodes into settings objects. It goes on after a mistake, so that all are told at once, each with its place.</summary>
/// <remarks>
/// A key is the name of a settable public property, in any case. Pieces of Kubernetes' API have the keys of a manifest, letter by letter;
/// only the environment, which is written in capitals, may have them in any case.
/// </remarks>
internal sealed class ConfigBinder
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, ConfigOrigin> _origins = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong, each with its place.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Settings that are known and do nothing, each with its place and the reason.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Where each setting was written, by path such as <c>pools[0].labels</c>.</summary>
    public IReadOnlyDictionary<string, ConfigOrigin> Origins => _origins;

    /// <summary>A new object of the type with all that the node says.</summary>
    public T Bind<T>(ConfigNode node)
        where T : new() => (T?)Read(typeof(T), node, path: string.Empty) ?? new T();

    /// <summary>The same of a type that is known at run time only.</summary>
    internal object? Read(Type type, ConfigNode node) => Read(type, node, path: string.Empty);

    /// <summary>The settings that a type has.</summary>
    internal static IEnumerable<PropertyInfo> Settings(Type type) => KubernetesValues.IsOne(type)
        ? KubernetesValues.Keys(type)
        : type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    /// <summary>The key of a setting, as files write it.</summary>
    internal static string KeyName(PropertyInfo property) =>
        KubernetesValues.KeyName(property) ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>Type of a dictionary's values; <c>null</c>: it is none.</summary>
    internal static Type? DictionaryValueType(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string) ? value : null;

    /// <summary>Type of a list's items; <c>null</c>: it is none.</summary>
    internal static Type? ItemType(Type type) => type.IsGenericType && type.GetGenericArguments() is [var item] ? item : null;

    private object? Read(Type type, ConfigNode node, string path)
    {
        _origins[path] = node.Origin;
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target.IsInstanceOfType(node))
        {
            return node;
        }

        if (node is ConfigScalar { Text: null })
        {
            return null; // as if the key were not there: the default stays
        }

        if (KubernetesValues.IsOne(target) && KubernetesValues.IsSingle(target))
        {
            return ReadSingle(target, node, path);
        }

        if (ConfigValues.CanRead(target))
        {
            return ReadValue(target, node, path);
        }

        if (DictionaryValueType(target) is { } valueType)
        {
            return ReadDictionary(valueType, node, path);
        }

        return ItemType(target) is { } itemType ? ReadList(itemType, node, path) : ReadObject(target, InFull(target, node), path);
    }

    private static ConfigNode InFull(Type type, ConfigNode node) =>
        node is not ConfigMapping && type.GetCustomAttribute<ShortFormAttribute>() is { } form
            ? new ConfigMapping(node.Origin, [new ConfigEntry(JsonNamingPolicy.CamelCase.ConvertName(form.Property), node.Origin, node)])
            : node;

    private object? ReadSingle(Type type, ConfigNode node, string path)
    {
        if (node is not ConfigScalar scalar)
        {
            return Problem(node.Origin, path, $"expected a single value, found {Kind(node)}");
        }

        try
        {
            return KubernetesValues.Convert(type, scalar);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return Problem(node.Origin, path, $"'{scalar.Text}' is no such value: {error.Message}");
        }
    }

    private object? ReadValue(Type type, ConfigNode node, string path)
    {
        if (node is not ConfigScalar { Text: { } text })
        {
            return Problem(node.Origin, path, $"expected {ConfigValues.Expected(type)}, found {Kind(node)}");
        }

        return ConfigValues.TryRead(type, text, out var value)
            ? value
            : Problem(node.Origin, path, $"'{text}' is not {ConfigValues.Expected(type)}{ConfigValues.Hint(type, text)}");
    }

    private object? ReadList(Type itemType, ConfigNode node, string path)
    {
        // A single value where a list is meant, as in `labels: linux`; from the environment, values parted by commas.
        ConfigNode[] items = node switch
        {
            ConfigList list => [.. list.Items],
            ConfigScalar { Text: { } text } when ConfigValues.CanRead(itemType) =>
                [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => new ConfigScalar(node.Origin, item))],
            _ => [],
        };
        if (items.Length == 0 && node is not ConfigList)
        {
            return Problem(node.Origin, path, $"expected a list, found {Kind(node)}");
        }

        var result = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType))!; // a List<T> of a known T
        for (var i = 0; i < items.Length; i++)
        {
            if (Read(itemType, items[i], $"{path}[{i}]") is { } value)
            {
                result.Add(value);
            }
        }

        return result;
    }

    private object? ReadDictionary(Type valueType, ConfigNode node, string path)
    {
        if (node is not ConfigMapping mapping)
        {
            return Problem(node.Origin, path, $"expected a mapping, found {Kind(node)}");
        }

        var type = typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType);
        var result = (IDictionary)Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)!; // Dictionary has this constructor
        foreach (var entry in mapping.Entries)
        {
            if (result.Contains(entry.Key))
            {
                Problem(entry.KeyOrigin, Join(path, entry.Key), "is written twice");
            }
            else if ((Read(valueType, entry.Value, Join(path, entry.Key)) ?? Empty(valueType)) is { } value)
            {
                result.Add(entry.Key, value);
            }
        }

        return result;
    }

    private object? ReadObject(Type type, ConfigNode node, string path)
    {
        if (node is not ConfigMapping mapping)
        {
            return Problem(node.Origin, path, $"expected a mapping, found {Kind(node)}");
        }

        var result = Activator.CreateInstance(type)!; // a class of settings
        var properties = Settings(type).ToDictionary(KeyName, StringComparer.OrdinalIgnoreCase);
        var before = _problems.Count;
        foreach (var entry in mapping.Entries)
        {
            if (!properties.TryGetValue(entry.Key, out var property) || !IsWrittenRight(type, property, entry))
            {
                Unknown(entry.KeyOrigin, Join(path, entry.Key), NearestName.Hint(entry.Key, properties.Keys));
            }
            else if (Read(property.PropertyType, entry.Value, Join(path, KeyName(property))) is { } value)
            {
                CheckChoice(type, property, entry.Value, Join(path, KeyName(property)));
                property.SetValue(result, value);
                if (property.GetCustomAttribute<OlderSettingAttribute>() is { } older)
                {
                    _warnings.Add($"{entry.KeyOrigin}: {Join(path, KeyName(property))}: {older.Advice}");
                }
            }
        }

        if (KubernetesValues.IsOne(type) && _problems.Count == before)
        {
            CheckPiece(type, result, properties, node.Origin, path);
        }

        return result;
    }

    private void Unknown(ConfigOrigin origin, string path, string hint)
    {
        switch (UnusedSettings.Find(path))
        {
            case { IsMistake: false, Why: var why }:
                _warnings.Add($"{origin}: {path}: {why}");
                break;
            case { Why: var why }:
                Problem(origin, path, why);
                break;
            default:
                Problem(origin, path, $"there is no such setting{hint}");
                break;
        }
    }

    private static bool IsWrittenRight(Type type, PropertyInfo property, ConfigEntry entry) =>
        !KubernetesValues.IsOne(type) || entry.KeyOrigin.Line == 0 || entry.Key == KeyName(property);

    private void CheckChoice(Type type, PropertyInfo property, ConfigNode node, string path)
    {
        var choices = KubernetesValues.Choices(type, KeyName(property));
        if (choices.Length > 0 && node is ConfigScalar { Text: { } text } && !choices.Contains(text, StringComparer.Ordinal))
        {
            Problem(node.Origin, path, $"'{text}' is not one of {string.Join(", ", choices)}{NearestName.Hint(text, choices)}");
        }
    }

    private void CheckPiece(Type type, object piece, Dictionary<string, PropertyInfo> properties, ConfigOrigin origin, string path)
    {
        foreach (var key in KubernetesValues.Required(type).Where(key => properties[key].GetValue(piece) is null or ""))
        {
            Problem(origin, Join(path, key), "is missing");
        }

        if (KubernetesValues.Problem(piece) is { } problem)
        {
            Problem(origin, path, problem);
        }
    }

    private object? Problem(ConfigOrigin origin, string path, string text)
    {
        _problems.Add($"{origin}: {path}: {text}");
        return null;
    }

    private static object? Empty(Type type) => type == typeof(string) ? string.Empty : Activator.CreateInstance(type);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Kind(ConfigNode node) => node switch
    {
        ConfigScalar { Text: var text } => $"'{text}'",
        ConfigList => "a list",
        _ => "a mapping",
    };
}
