using Runner.Backends;

namespace Runner.Cli.Workspaces;

/// <summary>Sends every job of a backend that runs elsewhere the checkout as its workspace.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="checkout">The checkout.</param>
internal sealed class SentCheckoutBackend(IJobBackend inner, CheckoutSource checkout) : IJobBackend
{
    public string Name => inner.Name;

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken) =>
        inner.LaunchAsync(launch with { SendsWorkspace = true, CheckoutFolder = checkout.Folder, Requests = new CheckoutSender(checkout, launch.Requests) }, cancellationToken);

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
