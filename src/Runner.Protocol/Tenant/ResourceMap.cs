using System.Collections.Immutable;

namespace Runner.Protocol.Tenant;

/// <summary>Where the resources of one server are, as it says. Pure.</summary>
public sealed class ResourceMap
{
    private readonly ImmutableDictionary<Guid, ServiceDefinition> _definitions;

    private ResourceMap(IEnumerable<ServiceDefinition> definitions) => _definitions = definitions
        .Where(definition => !string.IsNullOrEmpty(definition.RelativePath))
        .GroupBy(definition => definition.Identifier)
        .ToImmutableDictionary(group => group.Key, group => group.First());

    /// <summary>The map that <c>connectionData</c> gives.</summary>
    public static ResourceMap Of(ConnectionData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new ResourceMap(data.LocationServiceData?.ServiceDefinitions ?? []);
    }

    /// <summary>The path of a resource below the tenant's address; <c>null</c> where the server has none such.</summary>
    public string? PathOf(TenantResource resource, IEnumerable<KeyValuePair<string, string?>> values)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (!_definitions.TryGetValue(resource.Id, out var definition))
        {
            return null;
        }

        var all = new Dictionary<string, string?> { ["area"] = definition.ServiceType, ["resource"] = definition.DisplayName };
        foreach (var (name, value) in values)
        {
            all[name] = value;
        }

        return new ResourceTemplate(definition.RelativePath ?? string.Empty).Fill(all);
    }

    /// <summary>An address below another: a path that begins with a slash is below it, too.</summary>
    public static Uri Below(Uri tenant, string path)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return new Uri($"{tenant.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path.TrimStart('/')}");
    }
}
