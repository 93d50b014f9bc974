using Runner.Backends;

namespace Runner.Cli.Workspaces;

/// <summary>Sends every job of a backend that runs elsewhere the checkout as its workspace.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="folder">The checkout.</param>
/// <param name="notes">Takes what a user should know of what is sent.</param>
internal sealed class SentCheckoutBackend(IJobBackend inner, string folder, CheckoutNotes notes) : IJobBackend
{
    public string Name => inner.Name;

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) =>
        inner.LaunchAsync(launch with { SendsWorkspace = true, Requests = new CheckoutSender(folder, launch.Requests, notes) }, cancellationToken);

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
