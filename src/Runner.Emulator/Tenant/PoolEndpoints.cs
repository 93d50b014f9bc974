using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>Pools and their agents, for who administers them (<c>registration.md</c> section 6), and where everything is (section 11).</summary>
internal static class PoolEndpoints
{
    public static void MapPools(this IEndpointRouteBuilder tenant)
    {
        tenant.MapGet(TenantPaths.Route(TenantResource.Pools), ListPools);
        tenant.MapGet(TenantPaths.Route(TenantResource.Agents, isCollection: true), ListAgents);
        tenant.MapPost(TenantPaths.Route(TenantResource.Agents, isCollection: true), AddAsync);
        tenant.MapDelete(TenantPaths.Route(TenantResource.Agents), Delete);
    }

    /// <summary>Answer of <c>connectionData</c>. V1 connections ask it before anything else; where the protocol is the newer one there is nothing to discover.</summary>
    public static ConnectionData Connection(EmulatorOptions options) => new()
    {
        InstanceId = new Guid("00000000-0000-0000-0000-000000000001"),
        DeploymentType = "onPremises",
        LocationServiceData = new LocationServiceData
        {
            ServiceOwner = Guid.Empty,
            ClientCacheTimeToLive = 3600,
            ServiceDefinitions = options.Protocol == EmulatorProtocol.V1 ? TenantPaths.Definitions : [],
        },
    };

    private static IResult ListPools(HttpContext http, TenantCaller caller, RunnerGroups groups, string? poolName)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return TenantAnswers.Denied;
        }

        ImmutableArray<TaskAgentPool> pools =
        [
            .. groups.List(scope)
                .Where(group => poolName is null || RunnerScope.AreSame(group.Name, poolName))
                .Select(group => new TaskAgentPool { Id = group.Id, Name = group.Name, IsInternal = group.Id == RunnerGroups.Default }),
        ];
        return TypedResults.Json(TenantLists.Of<TaskAgentPool>(pools), TenantJson.Default.Pools);
    }

    private static IResult ListAgents(
        HttpContext http, TenantCaller caller, RunnerRegistry runners, SessionTable sessions, JobBoard board, string? agentName, int poolId)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return TenantAnswers.Denied;
        }

        ImmutableArray<TaskAgent> agents =
        [
            .. runners.List(scope, agentName)
                .Where(runner => poolId is 0 || runner.GroupId == poolId)
                .Select(runner => Body(runner) with
                {
                    Status = sessions.IsOnline(runner.Id) ? AgentStatus.Online : AgentStatus.Offline,
                    AssignedRequest = board.IsBusy(runner.Id) ? new JobRequest { RequestId = 1 } : null,
                }),
        ];
        return TypedResults.Json(TenantLists.Of<TaskAgent>(agents), TenantJson.Default.Agents);
    }

    private static async Task<IResult> AddAsync(
        HttpContext http, TenantCaller caller, RunnerRegistry runners, RunnerGroups groups, EmulatorAddress address, EmulatorOptions options, int poolId)
    {
        if (caller.ScopeOf(http) is not { } scope)
        {
            return TenantAnswers.Denied;
        }

        if (groups.Find(scope, poolId) is null)
        {
            return TenantAnswers.NoPool;
        }

        if (await http.Request.TryReadAsync(TenantJson.Default.TaskAgent) is not { Name: { Length: > 0 } name } agent || KeyOf(agent) is not { } key)
        {
            return TenantAnswers.Bad("An agent needs a name and a public key.");
        }

        var added = runners.Add(new RunnerRecord
        {
            Name = name,
            Scope = scope,
            GroupId = poolId,
            Labels = runners.LabelsOf((agent.Labels ?? []).Select(label => label.Name).OfType<string>()),
            IsEphemeral = agent.Ephemeral == true,
            PublicKey = key,
            AuthorizationUrl = EmulatorAddress.Token(address.Root),
            Version = agent.Version,
        });
        return added is null
            ? TenantAnswers.AgentExists(name)
            : TypedResults.Json(
                Body(added) with
                {
                    Authorization = new AgentAuthorization { AuthorizationUrl = added.AuthorizationUrl.AbsoluteUri, ClientId = added.ClientId.ToString("D") },
                    Properties = new()
                    {
                        ["RequireFipsCryptography"] = System.Text.Json.JsonDocument.Parse(
                            $$"""{"$type":"System.Boolean","$value":{{(options.RequireFips ? "true" : "false")}}}""").RootElement,
                    },
                },
                TenantJson.Default.TaskAgent);
    }

    private static IResult Delete(HttpContext http, TenantCaller caller, RunnerRegistry runners, RunnerRemoval removal, JobBoard board, int agentId) =>
        caller.ScopeOf(http) is not { } scope ? TenantAnswers.Denied
        : runners.Find(agentId) is not { } runner || !RunnerScope.AreSame(runner.Scope, scope) ? TenantAnswers.NoAgent
        : board.IsBusy(agentId) ? TenantAnswers.AgentIsBusy
        : removal.Remove(agentId) ? TypedResults.NoContent()
        : TenantAnswers.NoAgent;

    private static TaskAgent Body(RunnerRecord runner) => new()
    {
        Id = runner.Id,
        Name = runner.Name,
        Version = runner.Version,
        Ephemeral = runner.IsEphemeral,
        ProvisioningState = "Provisioned",
        Labels = [.. runner.Labels.Select(label => new AgentLabel { Id = label.Id, Name = label.Name, Type = label.IsSystem ? AgentLabelType.System : AgentLabelType.User })],
    };

    private static RSAParameters? KeyOf(TaskAgent agent)
    {
        if (agent.Authorization?.PublicKey is not { Exponent: { Length: > 0 } exponent, Modulus: { Length: > 0 } modulus })
        {
            return null;
        }

        try
        {
            var key = new RSAParameters { Exponent = exponent, Modulus = modulus };
            using var rsa = RSA.Create(key); // refuses what could verify nothing
            return key;
        }
        catch (CryptographicException)
        {
            return null; // the caller answers 400
        }
    }
}
