using Runner.Backends;

namespace Runner.Cli.Workspaces;

/// <summary>Gives every job of a backend of this machine a copy of the checkout as its workspace. The copies are under one folder, which its owner removes.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="folder">The checkout.</param>
/// <param name="copies">Folder of the copies.</param>
internal sealed class CheckoutBackend(IJobBackend inner, string folder, string copies) : IJobBackend
{
    public string Name => inner.Name;

    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(copies, launch.JobId.ToString(), Path.GetFileName(folder));
        await CheckoutCopy.MakeAsync(folder, copy, cancellationToken);
        return await inner.LaunchAsync(launch with { BoundWorkspace = copy }, cancellationToken);
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
