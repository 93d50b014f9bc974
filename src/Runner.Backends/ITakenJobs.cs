namespace Runner.Backends;

/// <summary>
/// Where agents that share no disk keep what they know of a job between the moment that they take it and that it has its place. Contents are sealed by whoever
/// keeps them.
/// </summary>
/// <remarks>A record is its agent's for as long as that one lives and has not let go of it.</remarks>
public interface ITakenJobs
{
    /// <summary>Keeps a record.</summary>
    /// <param name="name">A new name: small letters and digits, at most 40.</param>
    /// <param name="content">At most some hundred kilobytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be kept.</exception>
    Task KeepAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Takes over the records of agents that are gone, and those that this one let go of.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">They could not be read.</exception>
    Task<IReadOnlyDictionary<string, byte[]>> TakeAbandonedAsync(CancellationToken cancellationToken);

    /// <summary>Leaves a record to the next look of whichever agent.</summary>
    void LetGo(string name);

    /// <summary>Removes a record, if it is there.</summary>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be removed.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
