using System.Security.Cryptography;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.Registration;
using Runner.Protocol.Tenant;

namespace Runner.GitHub.Registration;

/// <summary>
/// Registers runners as agents of a pool (<c>registration.md</c> section 6): the way of servers that make no JIT configurations. Their key is
/// made here, and with what the server answers it becomes the configuration that the others get.
/// </summary>
/// <param name="pools">The service of pools.</param>
/// <param name="endpoint">Where runners are registered.</param>
/// <param name="runnerVersion">Version that runners say they have.</param>
public sealed class PoolRegistrar(AgentPoolClient pools, GitHubEndpoint endpoint, string runnerVersion) : IRunnerRegistrar
{
    private const int KeyBits = 2048;

    // An agent is found in whatever pool by its own number.
    private const long AnyPool = 0;

    private static readonly string[] SystemLabels = ["self-hosted", "linux", "windows", "macos", "x86", "x64", "arm", "arm64"];

    /// <inheritdoc/>
    public async Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var pool = await CallAsync("list runner groups", () => FindPoolAsync(request.Group, cancellationToken));
        var name = RunnerName.New(request.NamePrefix);
        using var key = RSA.Create(KeyBits);
        var agent = await CallAsync("register a runner", () => pools.AddAsync(pool.Id, Agent(name, request, key), cancellationToken));
        if (agent is not { Id: > 0, Authorization: { ClientId.Length: > 0, AuthorizationUrl.Length: > 0 } authorization })
        {
            throw new InfrastructureException($"{endpoint.Url} answered a registration without a number or an authorization");
        }

        var config = new JitConfig
        {
            Settings = Settings(agent, name, pool, await pools.AddressAsync(cancellationToken)),
            Credentials = new RunnerCredentials
            {
                Data = new CredentialData
                {
                    ClientId = authorization.ClientId,
                    AuthorizationUrl = authorization.AuthorizationUrl,
                    AuthorizationUrlV2 = AgentProperties.Text(agent, "AuthorizationUrlV2"),
                    RequireFipsCryptography = AgentProperties.Flag(agent, "RequireFipsCryptography") ?? true,
                },
            },
            Key = RsaKey.From(key),
        };
        return new RunnerRegistration { RunnerId = agent.Id, Name = agent.Name ?? name, EncodedJitConfig = new Secret(config.Encode()) };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken)
    {
        var agents = await CallAsync("list runners", () => pools.ListAsync(AnyPool, name: null, cancellationToken));
        return [.. agents.Select(Runner).Where(runner => runner.Name.StartsWith(namePrefix, StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public async Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var agents = await CallAsync("list runners", () => pools.ListAsync(AnyPool, name, cancellationToken));
        return agents.Select(Runner).FirstOrDefault(runner => runner.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <inheritdoc/>
    public async Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken)
    {
        try
        {
            await pools.RemoveAsync(AnyPool, runnerId, cancellationToken);
            return RemovalResult.Removed;
        }
        catch (ProtocolException refusal) when (refusal.Kind is ProtocolErrorKind.RunnerNotFound or ProtocolErrorKind.RunnerBusy)
        {
            return refusal.Kind == ProtocolErrorKind.RunnerBusy ? RemovalResult.Busy : RemovalResult.Gone;
        }
        catch (InfrastructureException error) when (error.StatusCode == 404)
        {
            return RemovalResult.Gone;
        }
        catch (ProtocolException refusal)
        {
            throw Refused("remove a runner", refusal);
        }
    }

    private async Task<TaskAgentPool> FindPoolAsync(string? group, CancellationToken cancellationToken)
    {
        var own = (await pools.ListPoolsAsync(cancellationToken)).Where(pool => !pool.IsHosted).ToList();
        var isDefault = group is null || group.Equals("default", StringComparison.OrdinalIgnoreCase);
        var found = own.FirstOrDefault(pool => string.Equals(pool.Name, group, StringComparison.OrdinalIgnoreCase))
            ?? (isDefault ? own.FirstOrDefault(pool => pool.IsInternal) ?? own.FirstOrDefault() : null);
        var names = own.Select(pool => pool.Name ?? string.Empty).ToList();
        return found ?? throw new OperatorException(
            $"runnerGroup '{group ?? "default"}' is unknown at {endpoint.Url}, there is {(names.Count == 0 ? "none" : string.Join(", ", names))}"
            + NearestName.Hint(group ?? "default", names));
    }

    private TaskAgent Agent(string name, RegistrationRequest request, RSA key)
    {
        var parts = key.ExportParameters(includePrivateParameters: false);
        return new TaskAgent
        {
            Name = name,
            Version = runnerVersion,
            OsDescription = "Linux",
            MaxParallelism = 1,
            Ephemeral = true,
            DisableUpdate = true,
            ProvisioningState = "Provisioned",
            Labels = [.. request.Labels.Distinct(StringComparer.OrdinalIgnoreCase).Select(Label)],
            Authorization = new AgentAuthorization { PublicKey = new AgentPublicKey { Exponent = parts.Exponent, Modulus = parts.Modulus } },
        };
    }

    private static AgentLabel Label(string name) => new()
    {
        Name = name,
        Type = SystemLabels.Contains(name, StringComparer.OrdinalIgnoreCase) ? AgentLabelType.System : AgentLabelType.User,
    };

    private RunnerSettings Settings(TaskAgent agent, string name, TaskAgentPool pool, Uri tenant) => new()
    {
        AgentId = agent.Id,
        AgentName = agent.Name ?? name,
        PoolId = pool.Id,
        PoolName = pool.Name,
        ServerUrl = AgentProperties.Text(agent, "ServerUrl") ?? tenant.AbsoluteUri,
        ServerUrlV2 = AgentProperties.Text(agent, "ServerUrlV2"),
        UseV2Flow = AgentProperties.Flag(agent, "UseV2Flow") ?? false,
        GitHubUrl = endpoint.Url.AbsoluteUri,
        WorkFolder = "_work",
        Ephemeral = true,
        DisableUpdate = true,
    };

    private static RegisteredRunner Runner(TaskAgent agent) => new(
        agent.Id,
        agent.Name ?? string.Empty,
        agent.Status is AgentStatus.Online or AgentStatus.Busy,
        agent.AssignedRequest is not null || agent.Status == AgentStatus.Busy)
    {
        Labels = [.. (agent.Labels ?? []).Select(label => label.Name).OfType<string>()],
    };

    private async Task<T> CallAsync<T>(string action, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.RunnerNameTaken)
        {
            throw new InfrastructureException($"{endpoint.Url} says of a new runner name that it is taken", refusal) { StatusCode = 409 };
        }
        catch (ProtocolException refusal)
        {
            throw Refused(action, refusal);
        }
    }

    private OperatorException Refused(string action, ProtocolException refusal) => new($"{endpoint.Url} refused to {action}: {refusal.Message}", refusal);
}
