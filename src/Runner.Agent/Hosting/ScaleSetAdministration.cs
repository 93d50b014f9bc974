using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Agent.ScaleSets;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.Hosting;

/// <summary>Shows and deletes the scale sets of a configuration at GitHub, without an agent.</summary>
public static class ScaleSetAdministration
{
    /// <summary>The sets of all pools in the mode <c>scaleset</c>, in the settings' order.</summary>
    /// <exception cref="OperatorException">GitHub refuses.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public static Task<ImmutableArray<ScaleSetView>> ListAsync(
        AgentOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return AskAsync(options, environment, time, async services =>
        {
            var views = ImmutableArray.CreateBuilder<ScaleSetView>();
            foreach (var pool in options.Pools.Where(pool => pool.Mode == PoolMode.ScaleSet))
            {
                var set = await LookAsync(services, pool, cancellationToken);
                views.Add(new ScaleSetView
                {
                    Pool = pool.Name,
                    Name = services.GetRequiredService<SetOwner>().NameOf(pool.Name),
                    Exists = set is not null,
                    Group = set?.RunnerGroupName,
                    Labels = [.. (set?.Labels ?? []).Select(label => label.Name).OfType<string>()],
                    Assigned = set?.Statistics?.TotalAssignedJobs ?? 0,
                    Running = set?.Statistics?.TotalRunningJobs ?? 0,
                });
            }

            return views.ToImmutable();
        });
    }

    /// <summary>Deletes the set of a pool, which may stand in the settings no more. Gives its name; <c>null</c> where there was none.</summary>
    /// <exception cref="OperatorException">GitHub refuses.</exception>
    /// <exception cref="InfrastructureException">GitHub could not be reached.</exception>
    public static Task<string?> DeleteAsync(
        AgentOptions options, IReadOnlyDictionary<string, string> environment, string pool, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Pools.FirstOrDefault(item => item.Name.Equals(pool, StringComparison.OrdinalIgnoreCase));
        return AskAsync(options, environment, time, async services =>
            await (settings is null ? services.GetRequiredService<SetSetup>().LookAsync(pool, cancellationToken) : LookAsync(services, settings, cancellationToken)) is { Id: { } id, Name: { } name }
            && await services.GetRequiredService<ScaleSetClient>().DeleteAsync(id, cancellationToken)
                ? name
                : null);
    }

    private static async Task<RunnerScaleSet?> LookAsync(ServiceProvider services, PoolOptions pool, CancellationToken cancellationToken)
    {
        using var held = new RunnerPool(pool, services.GetRequiredService<SetOwner>().Instance, platforms: []);
        return await services.GetRequiredService<SetSetup>().LookAsync(held, cancellationToken);
    }

    private static async Task<T> AskAsync<T>(
        AgentOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, Func<ServiceProvider, Task<T>> ask)
    {
        await using var services = new ServiceCollection().AddLogging().AddScaleSetClient(options, environment, time, new RetryOptions()).BuildServiceProvider();
        try
        {
            return await ask(services);
        }
        catch (ProtocolException refusal)
        {
            throw new OperatorException($"GitHub refuses: {refusal.Message}", refusal);
        }
    }
}

/// <summary>A pool's scale set.</summary>
public sealed record ScaleSetView
{
    /// <summary>The pool.</summary>
    public required string Pool { get; init; }

    /// <summary>Name of the set at GitHub.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is there: an agent makes it when it starts.</summary>
    public required bool Exists { get; init; }

    /// <summary>Its runner group.</summary>
    public string? Group { get; init; }

    /// <summary>Labels that jobs may ask for.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Jobs that are assigned to it, those that run among them.</summary>
    public int Assigned { get; init; }

    /// <summary>Jobs that run.</summary>
    public int Running { get; init; }
}
