using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Cli.Workspaces;

/// <summary>Gives every job of a backend of this machine that has no workspace yet a copy of the checkout as its workspace. The copies are under one folder, which its owner removes.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="folder">The checkout.</param>
/// <param name="copies">Folder of the copies.</param>
/// <param name="notes">Takes what a user should know of them.</param>
internal sealed class CheckoutBackend(IJobBackend inner, string folder, string copies, CheckoutNotes notes) : IJobBackend
{
    public string Name => inner.Name;

    /// <exception cref="WorkflowException">The checkout cannot be copied.</exception>
    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        if (launch.BoundWorkspace is not null)
        {
            return await inner.LaunchAsync(launch, cancellationToken); // --bind
        }

        var copy = Path.Combine(copies, launch.JobId.ToString(), launch.RepositoryFolder, launch.RepositoryFolder);
        try
        {
            var tree = await CheckoutTree.ReadAsync(folder, cancellationToken);
            notes.Tell(tree.Notes);
            CheckoutCopy.Make(tree, copy, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The checkout '{folder}' cannot be copied: {error.Message}", error);
        }

        return await inner.LaunchAsync(launch with { BoundWorkspace = copy }, cancellationToken);
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
