namespace Runner.Backends;

/// <summary>Short texts that the agents of one installation share, and that outlive each of them. They hold no secrets.</summary>
public interface IAgentNotes
{
    /// <summary>Writes a note, in the place of the one of that name.</summary>
    /// <param name="name">Small letters, digits and hyphens, at most 40.</param>
    /// <param name="text">At most some kilobytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be kept.</exception>
    Task KeepAsync(string name, string text, CancellationToken cancellationToken);

    /// <summary>All notes, by name.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">They could not be read.</exception>
    Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes a note, if it is there.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be removed.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
