using System.Collections.Immutable;
using Runner.Jobs.Secrets;

namespace Runner.GitHub.Registration;

/// <summary>Registers ephemeral runners and removes them (<c>registration.md</c> section 3). Retries nothing: its callers back off.</summary>
public interface IRunnerRegistrar
{
    /// <summary>Registers a runner for one job under a name that begins with the request's prefix.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">GitHub refuses: credentials, rights, an unknown group or address.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub could not be reached, is at a loss, or limits the rate.</exception>
    Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken);

    /// <summary>The registered runners whose name begins with the prefix.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">As above.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">As above.</exception>
    Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken);

    /// <summary>The registered runner of a name, or <c>null</c>: GitHub knows none, which is also so of an ephemeral one that was assigned a job.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">As above.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">As above.</exception>
    Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a registration.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">As above.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">As above.</exception>
    Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken);
}

/// <summary>What became of the wish to remove a registration.</summary>
public enum RemovalResult
{
    /// <summary>It was there and is removed: the runner gets no job any more.</summary>
    Removed,

    /// <summary>It was gone already: an ephemeral runner's goes with the job that it is assigned.</summary>
    Gone,

    /// <summary>GitHub keeps it because the runner has a job, or had one some seconds ago.</summary>
    Busy,
}

/// <summary>What to register.</summary>
public sealed record RegistrationRequest
{
    /// <summary>Beginning of the runner's name; the rest is made so that no two runners share one.</summary>
    public required string NamePrefix { get; init; }

    /// <summary>Labels of the runner, at least one.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Runner group by name, or <c>null</c>: the default one.</summary>
    public string? Group { get; init; }
}

/// <summary>A registration, good for one session and one job.</summary>
public sealed record RunnerRegistration
{
    /// <summary>Id of the runner.</summary>
    public required long RunnerId { get; init; }

    /// <summary>Name of the runner.</summary>
    public required string Name { get; init; }

    /// <summary>The JIT configuration as GitHub encodes it (<c>registration.md</c> section 8).</summary>
    public required Secret EncodedJitConfig { get; init; }
}

/// <summary>A runner that GitHub knows.</summary>
public sealed record RegisteredRunner(long Id, string Name, bool IsOnline, bool IsBusy)
{
    /// <summary>Its labels.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];
}
