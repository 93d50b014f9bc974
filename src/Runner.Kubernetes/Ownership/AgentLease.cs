using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Ownership;

/// <summary>Says by a Lease that this agent lives, and tells by those of others which agents do.</summary>
/// <remarks>
/// Agents compare the times of others with their own clock, so clocks must agree to some seconds, as in a cluster they do.
/// </remarks>
internal sealed class AgentLease(JobCluster cluster, AgentIdentity agent, string instance, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan RenewLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    // An agent that was killed, or uninstalled with its rights, leaves its Lease. Whoever lives longer sweeps it, of whatever instance it is, once
    // nothing says that it is owned by it; a clock that is some minutes wrong does no harm.
    private static readonly TimeSpan Litter = TimeSpan.FromMinutes(10);

    private DateTimeOffset _nextSweep;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How the renewal goes.</summary>
    public LoopPulse Pulse { get; } = new("Lease of the agent", 2 * Duration, time);

    /// <summary>Completes once the Lease stands. A job launched before would seem to have no living owner.</summary>
    public Task Held => _held.Task;

    /// <summary>Renews the Lease until it is cancelled, then removes it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(RenewInterval, time);
            do
            {
                await RenewAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        finally
        {
            Pulse.Stop();
            await RemoveAsync();
        }
    }

    /// <summary>Asks the cluster which agents live.</summary>
    public async Task<LivingAgents> FindLivingAsync(CancellationToken cancellationToken)
    {
        var all = await cluster.ListLeasesAsync(Ours, cancellationToken);
        var now = time.GetUtcNow();
        await SweepAsync([.. all.Where(lease => !IsFresh(lease, now - Litter))], cancellationToken);
        foreach (var earlier in all.Where(lease => IsOfInstance(lease) && lease.Spec?.HolderIdentity is { } holder && agent.IsEarlierLife(holder)))
        {
            await RemoveAsync(earlier, cancellationToken); // certainly gone, and what it owned is this agent's to take over, Lease or not
        }

        return new LivingAgents(agent, [.. all.Where(IsOfInstance).Where(lease => IsFresh(lease, now - Duration)).Select(lease => lease.Metadata.Name)]);
    }

    private const string Ours = $"{PodLabels.ManagedBy}={PodLabels.Us},!{PodLabels.Note}";

    private bool IsOfInstance(V1Lease lease) => lease.Metadata.Labels?.TryGetValue(PodLabels.Instance, out var written) == true && written == instance;

    private async Task SweepAsync(IReadOnlyCollection<V1Lease> expired, CancellationToken cancellationToken)
    {
        if (expired.Count == 0 || time.GetUtcNow() < _nextSweep)
        {
            return;
        }

        _nextSweep = time.GetUtcNow() + Litter;
        var owners = await cluster.ListOwnersAsync(cancellationToken);
        foreach (var lease in expired.Where(lease => lease.Spec?.HolderIdentity is not { } holder || !owners.Contains(holder)))
        {
            await RemoveAsync(lease, cancellationToken);
        }
    }

    private async Task RemoveAsync(V1Lease lease, CancellationToken cancellationToken)
    {
        logger.LeaseSwept(lease.Metadata.Name, lease.Spec?.HolderIdentity ?? string.Empty);
        await cluster.DeleteLeaseAsync(lease.Metadata.Name, cancellationToken);
    }

    /// <summary>Names of the agents that live.</summary>
    public async Task<IReadOnlyList<string>> FindNamesAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - Duration;
        var leases = await cluster.ListLeasesAsync(Selector, cancellationToken);
        var owners = leases.Where(lease => IsFresh(lease, oldest)).Select(lease => lease.Spec.HolderIdentity).OfType<string>();
        return [.. owners.Select(AgentIdentity.NameOf).Append(agent.Name)];
    }

    private string Selector => $"{Ours},{PodLabels.Instance}={instance}";

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A call that hangs must not let the Lease run out.
            using var limit = new CancellationTokenSource(RenewLimit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await cluster.RenewLeaseAsync(Build(), both.Token);
            _held.TrySetResult();
            Pulse.Turn();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Pulse.Fail("the API server did not answer in time");
            logger.LeaseNotRenewed("the API server did not answer in time");
        }
        catch (InfrastructureException error)
        {
            Pulse.Fail(error.Message);
            logger.LeaseNotRenewed(error.Message);
        }
    }

    private V1Lease Build() => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta
        {
            Name = AgentIdentity.LeaseName(agent.ToString()),
            NamespaceProperty = cluster.Namespace,
            Labels = new Dictionary<string, string> { [PodLabels.ManagedBy] = PodLabels.Us, [PodLabels.Instance] = instance },
            OwnerReferences = agent.Pod is { } pod && pod.Namespace == cluster.Namespace
                ? [new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Name, Uid = pod.Uid }]
                : null,
        },
        Spec = new V1LeaseSpec
        {
            HolderIdentity = agent.ToString(),
            LeaseDurationSeconds = (int)Duration.TotalSeconds,
            RenewTime = time.GetUtcNow().UtcDateTime,
        },
    };

    private static bool IsFresh(V1Lease lease, DateTimeOffset oldest) =>
        PodTimes.At(lease.Spec?.RenewTime) is { } renewed && renewed >= oldest;

    private async Task RemoveAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, time);
        try
        {
            await cluster.DeleteLeaseAsync(AgentIdentity.LeaseName(agent.ToString()), limit.Token);
        }
        catch (Exception exception) when (exception is InfrastructureException or OperationCanceledException)
        {
            logger.LeaseNotRenewed(exception.Message); // it runs out by itself
        }
    }
}

/// <summary>The agents that lived at a moment.</summary>
internal sealed class LivingAgents(AgentIdentity self, IReadOnlySet<string> leases)
{
    public LivingAgents(AgentIdentity self, IEnumerable<string> leases)
        : this(self, leases.ToHashSet(StringComparer.Ordinal))
    {
    }

    /// <summary>Whether a job's owner is gone, so that the job may be adopted. No owner at all counts as gone.</summary>
    public bool IsGone(string? owner) =>
        owner is null || self.IsEarlierLife(owner) || (owner != self.ToString() && !leases.Contains(AgentIdentity.LeaseName(owner)));
}
