using Runner.Backends;

namespace Runner.Cli.Workspaces;

/// <summary>Gives every job of a backend of this machine that has no workspace yet a copy of the checkout as its workspace. The copies are under one folder, which its owner removes.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="folder">The checkout.</param>
/// <param name="copies">Folder of the copies.</param>
internal sealed class CheckoutBackend(IJobBackend inner, string folder, string copies) : IJobBackend
{
    public string Name => inner.Name;

    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        if (launch.BoundWorkspace is not null)
        {
            return await inner.LaunchAsync(launch, cancellationToken); // --bind
        }

        var copy = Path.Combine(copies, launch.JobId.ToString(), launch.RepositoryFolder, launch.RepositoryFolder);
        await CheckoutCopy.MakeAsync(folder, copy, cancellationToken);
        return await inner.LaunchAsync(launch with { BoundWorkspace = copy }, cancellationToken);
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
