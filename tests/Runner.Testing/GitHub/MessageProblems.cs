using System.Text.Json;

namespace Runner.Testing.GitHub;

/// <summary>Collects what is wrong with a message; names are compared without regard to case, as GitHub's runner does.</summary>
internal sealed class MessageProblems
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>A member, or <c>null</c> where there is none.</summary>
    public static JsonElement? Find(JsonElement parent, string name)
    {
        if (parent.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in parent.EnumerateObject())
            {
                if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return member.Value;
                }
            }
        }

        return null;
    }

    public void Add(string place, string problem) => _all.Add($"{place} {problem}");

    public bool Check(bool isGood, string place, string problem)
    {
        if (!isGood)
        {
            Add(place, problem);
        }

        return isGood;
    }

    public bool IsObject(JsonElement value, string place) => Check(value.ValueKind == JsonValueKind.Object, place, $"must be an object, is {value.ValueKind}");

    public JsonElement? Object(JsonElement parent, string name, string place) =>
        Find(parent, name) is { } found && IsObject(found, $"{place}.{name}") ? found
        : Find(parent, name) is null ? Missing(place, name)
        : null;

    public JsonElement? Array(JsonElement parent, string name, string place) =>
        Find(parent, name) is { } found && Check(found.ValueKind == JsonValueKind.Array, $"{place}.{name}", $"must be a list, is {found.ValueKind}") ? found
        : Find(parent, name) is null ? Missing(place, name)
        : null;

    public void IsText(JsonElement parent, string name, string place) => Check(
        Find(parent, name) is { ValueKind: JsonValueKind.String } text && text.GetString()?.Length > 0, $"{place}.{name}", "must be a text that is not empty");

    public void IsGuid(JsonElement parent, string name, string place) =>
        Check(Guid.TryParse(Find(parent, name)?.ToString(), out _), $"{place}.{name}", $"must be a GUID, is '{Find(parent, name)}'");

    public void IsId(JsonElement parent, string name, string place) => Check(
        Guid.TryParse(Find(parent, name)?.ToString(), out var id) && id != Guid.Empty, $"{place}.{name}", $"must be a GUID and not all zeros, is '{Find(parent, name)}'");

    public void IsAddress(JsonElement parent, string name, string place) =>
        Check(Uri.TryCreate(Find(parent, name)?.ToString(), UriKind.Absolute, out _), $"{place}.{name}", $"must be an address, is '{Find(parent, name)}'");

    private JsonElement? Missing(string place, string name)
    {
        Add($"{place}.{name}", "is missing");
        return null;
    }
}
