using Runner.Backends;

namespace Runner.Cli.Workspaces;

/// <summary>Sends every job of a backend that runs elsewhere the checkout as its workspace.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="checkout">The checkout.</param>
/// <param name="seesFolders">Whether containers of the backend can be given folders of this machine.</param>
internal sealed class SentCheckoutBackend(IJobBackend inner, CheckoutSource checkout, bool seesFolders) : IJobBackend
{
    public string Name => inner.Name;

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) =>
        inner.LaunchAsync(launch with { SendsWorkspace = true, CheckoutFolder = seesFolders ? checkout.Folder : null, Requests = new CheckoutSender(checkout, launch.Requests) }, cancellationToken);

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
