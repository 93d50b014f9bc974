using System.Collections.Concurrent;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Protocol.Tenant;

/// <summary>
/// Finds the resources of tenants: each server names its own paths in <c>connectionData</c> (<c>registration.md</c> section 11). What it said
/// is kept for an hour, for all clients that share this object.
/// </summary>
public sealed class TenantLocations(TimeProvider time)
{
    private const string ConnectionDataRoute = "_apis/connectionData";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    // Where it cannot be asked anew: a server that does not answer this one call has not moved.
    private static readonly TimeSpan KeptFurther = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Uri, (ResourceMap Map, DateTimeOffset Until)> _maps = new();

    /// <summary>The address of a resource.</summary>
    /// <exception cref="ProtocolException">Refused, or the server has no such resource.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    internal async Task<Uri> FindAsync(
        ServiceTransport transport,
        Uri tenant,
        TenantResource resource,
        IReadOnlyCollection<KeyValuePair<string, string?>> values,
        CancellationToken cancellationToken)
    {
        var map = await MapAsync(transport, tenant, cancellationToken);
        if (map.PathOf(resource, values) is not { } path)
        {
            _maps.TryRemove(tenant, out _); // an upgraded server may know it
            throw new ProtocolException(ProtocolErrorKind.ResourceUnknown, $"{tenant} does not say where its {resource.Name} are ({resource.Id})");
        }

        return ResourceMap.Below(tenant, path);
    }

    private async Task<ResourceMap> MapAsync(ServiceTransport transport, Uri tenant, CancellationToken cancellationToken)
    {
        if (_maps.TryGetValue(tenant, out var known) && time.GetUtcNow() < known.Until)
        {
            return known.Map;
        }

        try
        {
            // Two that ask at one moment both learn the same.
            var map = await AskAsync(transport, tenant, cancellationToken);
            _maps[tenant] = (map, time.GetUtcNow() + Kept);
            return map;
        }
        catch (Exception error) when (known.Map is not null && error is InfrastructureException or ProtocolException)
        {
            _maps[tenant] = (known.Map, time.GetUtcNow() + KeptFurther);
            return known.Map;
        }
    }

    private static async Task<ResourceMap> AskAsync(ServiceTransport transport, Uri tenant, CancellationToken cancellationToken)
    {
        var address = ResourceMap.Below(tenant, ConnectionDataRoute + "?connectOptions=1&lastChangeId=-1&lastChangeId64=-1");
        var call = new ServiceCall(HttpMethod.Get, address, ConnectionDataRoute);
        var reply = TenantReplies.Checked(await transport.SendAsync(call, cancellationToken));
        var data = reply.Read(TenantJson.Default.ConnectionData);
        if (data.LocationServiceData is null)
        {
            throw reply.Passing("it holds no locationServiceData");
        }

        return ResourceMap.Of(data);
    }
}
