using Runner.Agent.Pools;

namespace Runner.Agent.Sources;

/// <summary>Takes the jobs of the pools of one mode.</summary>
internal interface IPoolSource
{
    /// <summary>Begins to take jobs of a pool; <c>null</c> where it is of another mode. The tasks end after <paramref name="stopping"/>, with their last job.</summary>
    IReadOnlyList<Task>? Start(RunnerPool pool, CancellationToken stopping);
}
