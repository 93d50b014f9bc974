using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Cli.Workspaces;

/// <summary>Gives every job of a backend of this machine that has no workspace yet a copy of the checkout as its workspace. The copies are under one folder, which its owner removes.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="checkout">The checkout.</param>
/// <param name="copies">Folder of the copies.</param>
internal sealed class CheckoutBackend(IJobBackend inner, CheckoutSource checkout, string copies) : IJobBackend
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
            CheckoutCopy.Make(await checkout.ReadAsync(cancellationToken), copy, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The checkout '{checkout.Folder}' cannot be copied: {error.Message}", error);
        }

        return await inner.LaunchAsync(launch with { BoundWorkspace = copy, Requests = new CheckoutSender(checkout, launch.Requests) }, cancellationToken);
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
