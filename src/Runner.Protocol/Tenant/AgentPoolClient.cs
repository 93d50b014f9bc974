using System.Globalization;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Protocol.Tenant;

/// <summary>Adds runners to pools and removes them, as who administers them (<c>registration.md</c> section 6). It retries nothing.</summary>
public sealed class AgentPoolClient(HttpClient http, IActionsTenant tenant, TenantLocations locations, TimeProvider time)
{
    /// <summary>The pools.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<IReadOnlyList<TaskAgentPool>> ListPoolsAsync(CancellationToken cancellationToken)
    {
        var reply = await SendAsync(new TenantCall(HttpMethod.Get, TenantResource.Pools), cancellationToken);
        return reply.Read(TenantJson.Default.Pools).Value ?? [];
    }

    /// <summary>Adds an agent, and gives it as it is then.</summary>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.RunnerNameTaken"/>.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<TaskAgent> AddAsync(long pool, TaskAgent agent, CancellationToken cancellationToken)
    {
        var call = new TenantCall(HttpMethod.Post, TenantResource.Agents) { Values = Values(pool, agent: null) };
        var reply = await SendAsync(call.With(agent, TenantJson.Default.TaskAgent), cancellationToken);
        return reply.Read(TenantJson.Default.TaskAgent);
    }

    /// <summary>The agents of a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="name">Only one of that name, or <c>null</c>: all of them.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<IReadOnlyList<TaskAgent>> ListAsync(long pool, string? name, CancellationToken cancellationToken)
    {
        var query = new Dictionary<string, string> { ["includeAssignedRequest"] = "true" };
        if (name is not null)
        {
            query["agentName"] = name;
        }

        var reply = await SendAsync(new TenantCall(HttpMethod.Get, TenantResource.Agents) { Values = Values(pool, agent: null), Query = query }, cancellationToken);
        return reply.Read(TenantJson.Default.Agents).Value ?? [];
    }

    /// <summary>Removes an agent.</summary>
    /// <exception cref="ProtocolException">Refused: <see cref="ProtocolErrorKind.RunnerNotFound"/>, <see cref="ProtocolErrorKind.RunnerBusy"/>.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public Task RemoveAsync(long pool, long agent, CancellationToken cancellationToken) =>
        SendAsync(new TenantCall(HttpMethod.Delete, TenantResource.Agents) { Values = Values(pool, agent) }, cancellationToken);

    /// <summary>The address of the tenant, which runners get as theirs.</summary>
    public ValueTask<Uri> AddressAsync(CancellationToken cancellationToken) => tenant.AddressAsync(cancellationToken);

    private async Task<ServiceReply> SendAsync(TenantCall call, CancellationToken cancellationToken)
    {
        var transport = new TenantTransport(http, await tenant.AddressAsync(cancellationToken), tenant, locations, time);
        return await transport.SendAsync(call, cancellationToken);
    }

    private static Dictionary<string, string?> Values(long pool, long? agent) => new()
    {
        ["poolId"] = pool.ToString(CultureInfo.InvariantCulture),
        ["agentId"] = agent?.ToString(CultureInfo.InvariantCulture),
    };
}
