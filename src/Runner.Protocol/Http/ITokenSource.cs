using Runner.Jobs.Secrets;

namespace Runner.Protocol.Http;

/// <summary>Where a client takes its bearer token from.</summary>
public interface ITokenSource
{
    /// <summary>The token to send now.</summary>
    /// <exception cref="ProtocolException">The token endpoint refused.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be reached.</exception>
    ValueTask<Secret> GetAsync(CancellationToken cancellationToken);

    /// <summary>Says that a token was answered with 401. True where the next <see cref="GetAsync"/> may give another.</summary>
    bool TryDrop(Secret token);
}

/// <summary>A token that cannot be renewed: the one that a job message brings.</summary>
public sealed class FixedToken(Secret token) : ITokenSource
{
    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(token);

    /// <summary>Always false.</summary>
    public bool TryDrop(Secret token) => false;
}
