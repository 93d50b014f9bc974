using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Kubernetes.Actions;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Link;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Room;
using Runner.Kubernetes.Security;
using Runner.Kubernetes.Spec;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Warm;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes;

/// <summary>Runs each job in a pod of its own.</summary>
/// <remarks>
/// <see cref="RunAsync"/> must run as long as the backend is used: it holds the watch and this agent's Lease.
/// A launch: place → Secret → pod → the pod owns the Secret → watch. Each call may be made twice, so a launch that was cut is taken up
/// where it stopped. What another agent needs to adopt a job is in the pod's metadata and its Secret.
/// </remarks>
#pragma warning disable CA1001 // the semaphore holds nothing, as nobody asks it for a handle; disposed, it would fail the launches of an agent that stops
public sealed class KubernetesBackend : IJobBackend
#pragma warning restore CA1001
{
    // Each has its payload in several forms at once, which is some hundred kilobytes; more of them at a time are no faster.
    private const int MostLaunches = 64;

    private readonly KubernetesOptions _options;
    private readonly ClusterConnection _connection;
    private readonly AgentIdentity _agent;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JobCluster _cluster;
    private readonly PodWatch _watch;
    private readonly AgentLease _lease;
    private readonly WarmPods _warm;
    private readonly PodHandover _handover;
    private readonly PodLauncher _launcher;
    private readonly ClusterRoom _room;
    private readonly FinishedPods _finished;
    private readonly PodContext _context;
    private ClusterFeatures _features = ClusterFeatures.Of(string.Empty); // until the Lease is held, before which nothing is launched
    private readonly SemaphoreSlim _launching = new(MostLaunches);

    // By the name of the job's Secret.
    private readonly ConcurrentDictionary<string, Lazy<JobLifetime>> _handles = new(StringComparer.Ordinal);

    /// <summary>A backend on a cluster; nothing is sent before <see cref="RunAsync"/>.</summary>
    /// <param name="connection">The cluster; the caller disposes it.</param>
    /// <param name="options">Settings that passed <see cref="Validation.KubernetesOptionsRules.Validate"/>.</param>
    /// <param name="agent">Who this agent is to others.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="warm">Pools that have pods waiting for their jobs.</param>
    public KubernetesBackend(
        ClusterConnection connection, KubernetesOptions options, AgentIdentity agent, TimeProvider time, ILogger<KubernetesBackend> logger, IEnumerable<WarmPool>? warm = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(agent);
        _options = options with { Namespace = connection.Namespace };
        _connection = connection;
        _agent = agent;
        _time = time;
        _logger = logger;
        _cluster = new JobCluster(connection, time, logger);
        _watch = new PodWatch(_cluster, PodLabels.RunningSelector(options.InstanceInUse), time, logger);
        _lease = new AgentLease(_cluster, agent, options.InstanceInUse, time, logger);
        Notes = new LeaseNotes(_cluster, options.InstanceInUse);
        TakenJobs = new TakenJobSecrets(_cluster, _lease, agent.ToString(), options.InstanceInUse);
        _room = new ClusterRoom(_cluster, _watch, _options, time, logger);
        _warm = new WarmPods(warm ?? [], _cluster, _lease, _watch, _room, _options, agent.ToString(), time, logger);
        _handover = new PodHandover(_cluster, _options, time, logger);
        var warmLaunch = new WarmLaunch(_cluster, _warm, _handover, _options, agent.ToString(), time, logger);
        _launcher = new PodLauncher(_cluster, _watch, _room, _warm, warmLaunch, _options, agent.ToString(), time, logger);
        _finished = new FinishedPods(_cluster, options.CleanupPolicy, options.InstanceInUse, time, logger);
        _context = new PodContext(_cluster, new PodJudge(options.Start), _finished, agent.ToString(), time, logger);
    }

    /// <inheritdoc/>
    public string Name => "kubernetes";

    /// <inheritdoc/>
    public TimeSpan LaunchPatience => _options.Start.SchedulingDeadline;

    /// <inheritdoc/>
    public IAgentNotes Notes { get; }

    /// <inheritdoc/>
    public ITakenJobs TakenJobs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<LoopPulse> Loops => [_watch.Pulse, _lease.Pulse, .. _warm.Pulses];

    /// <summary>
    /// Holds the watch on the jobs' pods and the agent's Lease until it is cancelled. Launches wait until the Lease stands.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _features = ClusterFeatures.Of(await _cluster.ReadVersionAsync(cancellationToken));
        _logger.ClusterFound(
            _features.Version, _connection.Server, _connection.Namespace, _agent.ToString());
        foreach (var (setting, level) in SecurityRules.FindExceptions(_options))
        {
            _logger.BeyondStandard(setting, level);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [_watch.RunAsync(ending.Token), _lease.RunAsync(ending.Token), _room.RunAsync(ending.Token), _finished.RunAsync(ending.Token), _warm.RunAsync(_features, ending.Token)];
        var first = await Task.WhenAny(loops);

        // None ends by itself: where one does, the agent is to end and to say why, and not to go on with the others.
        await ending.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <inheritdoc/>
    public JobRoom RoomFor(JobKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return _room.For(kind, _warm.Waiting);
    }

    /// <inheritdoc/>
    public WarmCount? CountWarm(string pool) => _warm.CountOf(pool);

    /// <inheritdoc/>
    public JobCount? CountJobs(string pool) => _watch.HasListed ? PodCounts.Of(pool, _watch.Pods) : null;

    /// <inheritdoc/>
    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        RefuseBoundWorkspace(launch);
        if (_handles.TryGetValue(PodNames.For(launch), out var first))
        {
            return first.Value;
        }

        await _lease.Held.WaitAsync(cancellationToken);
        await _launching.WaitAsync(cancellationToken);
        try
        {
            return await LaunchNowAsync(launch, cancellationToken);
        }
        finally
        {
            _launching.Release();
        }
    }

    /// <summary>What a job would be in this cluster, for people (<see cref="PodPreview"/>).</summary>
    /// <exception cref="WorkflowException">The labels contradict each other, or such a pod cannot be built.</exception>
    public string Describe(JobLaunch launch)
    {
        ArgumentNullException.ThrowIfNull(launch);
        return PodPreview.Describe(launch, _options, _features, _agent.ToString());
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        await _launcher.ForgetAsync(launch, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> FindLivingAgentsAsync(CancellationToken cancellationToken)
    {
        await _lease.Held.WaitAsync(cancellationToken);
        return await _lease.FindNamesAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken)
    {
        await _lease.Held.WaitAsync(cancellationToken);
        var living = await _lease.FindLivingAsync(cancellationToken);
        var pods = await _watch.SnapshotAsync(cancellationToken);
        var adopted = new List<IJobHandle>();
        foreach (var pod in pods.Where(pod => living.IsGone(PodLabels.OwnerOf(pod.Metadata))))
        {
            try
            {
                if (await AdoptPodAsync(pod, cancellationToken) is { } handle)
                {
                    adopted.Add(handle);
                }
            }
            catch (InfrastructureException error)
            {
                // The others are not to wait for this one; the next look finds it again.
                _logger.PodNotAdopted(pod.Metadata.Name, error.Message);
            }
        }

        return adopted;
    }

    /// <inheritdoc/>
    public async Task<bool> HasPlaceAsync(JobId job, CancellationToken cancellationToken) =>
        (await _cluster.ListSecretsAsync(PodLabels.JobSelector(_options.InstanceInUse, job), cancellationToken)).Count > 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobLaunch>> FindUnlaunchedAsync(CancellationToken cancellationToken)
    {
        await _lease.Held.WaitAsync(cancellationToken);
        var living = await _lease.FindLivingAsync(cancellationToken);
        var found = new List<JobLaunch>();

        // A launch of which the Secret is made, and of the pod nobody knows: its agent ended in between. One with a pod is adopted by that, perhaps by
        // another agent, and is not to have two that look after it.
        var secrets = await _cluster.ListSecretsAsync(PodLabels.LaunchingSelector(_options.InstanceInUse), cancellationToken);
        var pods = (await _watch.SnapshotAsync(cancellationToken)).Select(pod => PodLabels.SecretOf(pod.Metadata)).ToHashSet(StringComparer.Ordinal);
        foreach (var secret in secrets.Where(secret => living.IsGone(PodLabels.OwnerOf(secret.Metadata)) && !pods.Contains(secret.Metadata.Name)))
        {
            if (!_handles.ContainsKey(secret.Metadata.Name) && await AdoptSecretAsync(secret, cancellationToken) is { } launch)
            {
                found.Add(launch);
            }
        }

        return found;
    }

    private static void RefuseBoundWorkspace(JobLaunch launch)
    {
        if (launch.BoundWorkspace is { } folder)
        {
            throw new WorkflowException($"A pod cannot work in '{folder}', a folder of this machine; leave --bind out: the checkout is sent to the pod");
        }
    }

    private async Task<IJobHandle> LaunchNowAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        switch (await _launcher.LaunchAsync(launch, _features, cancellationToken))
        {
            case LaunchedPod.Made made:
                var handle = Watch(launch, made.Pod, made.LinkKey, made.Subscription);
                if (PodLabels.OwnerOf(made.Pod.Metadata) == _agent.ToString())
                {
                    await _launcher.OwnSecretAsync(made.Pod, cancellationToken); // else it is not known whether the pod has its job
                }

                return handle;
            case LaunchedPod.Refused refused:
                return new RefusedJobHandle(launch, refused.PodName, refused.Why);
            case var other:
                throw new InvalidOperationException($"A launch cannot end as {other}");
        }
    }

    private JobLifetime Watch(JobLaunch launch, V1Pod pod, Secret? linkKey, PodSubscription subscription)
    {
        var name = PodLabels.SecretOf(WatchedPods.Trim(pod).Metadata);
        var begun = new Lazy<JobLifetime>(Begin);
        var first = _handles.GetOrAdd(name, begun);
        if (!ReferenceEquals(first, begun))
        {
            subscription.Dispose();
        }

        return first.Value;

        JobLifetime Begin()
        {
            var actions = new PodActions(launch.JobId, pod, new ActionContext(_cluster, _watch, _options, _features, _time, _logger));
            var link = PodLink.Of(launch, pod, linkKey, actions, _cluster, _time, _logger);
            var site = new PodSite(launch.JobId, pod, link, subscription, _context);
            var life = new JobLifetime(launch, site, Forgetter(name), _time, _logger);
            subscription.Attach(site.Observe);
            return life;
        }
    }

    // Of a method of its own: what it is made in holds the whole launch, which would stay as long as the job.
    private Action Forgetter(string name) => () =>
    {
        _handles.TryRemove(name, out _);
        _room.Look();
    };

    private async Task<IJobHandle?> AdoptPodAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var from = PodLabels.OwnerOf(pod.Metadata) ?? "nobody";
        var claim = new Dictionary<string, string> { [PodLabels.Owner] = _agent.ToString() };
        var subscription = _watch.Open(pod.Metadata.Name);
        try
        {
            // Read before the claim: a job that is claimed and then not looked after would be lost.
            var secret = await _cluster.FindSecretAsync(PodLabels.SecretOf(pod.Metadata), cancellationToken);
            var isDue = secret is not null && PodHandover.IsDue(pod, secret);
            if (secret is not null && !await HasJobAsync(pod, secret, isDue, cancellationToken))
            {
                subscription.Dispose();
                return null;
            }

            if (await _cluster.PatchPodAsync(pod, claim, new Dictionary<string, string>(), cancellationToken) is not { } claimed)
            {
                subscription.Dispose();
                return null; // changed meanwhile: another agent was first, or the next round takes it
            }

            var launch = (secret is null ? null : PayloadSecret.ReadLaunch(secret)) ?? LaunchFromLabels(pod);
            _logger.PodAdopted(launch.JobId, pod.Metadata.Name, from);
            var handle = Watch(launch, claimed, secret is null ? null : PayloadSecret.ReadLinkKey(secret), subscription);
            if (isDue)
            {
                await _launcher.OwnSecretAsync(claimed, cancellationToken);
            }

            return handle;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    // False of a pod that waited and has no job, as its agent ended before it gave it: it is launched anew then, or the next look gives it.
    private async Task<bool> HasJobAsync(V1Pod pod, V1Secret secret, bool isDue, CancellationToken cancellationToken)
    {
        var handed = PodHandover.IsSuperseded(pod, secret) ? Handed.NobodyWaits
            : !isDue || PodHandover.IsOver(pod) || PayloadSecret.ReadLaunch(secret) is not { } launch ? Handed.Over
            : await _handover.GiveAsync(pod, launch.JobId, secret, patience: TimeSpan.Zero, cancellationToken);
        if (handed == Handed.NobodyWaits)
        {
            await _cluster.DeleteUnchangedAsync("Pod", pod.Metadata, TimeSpan.Zero, cancellationToken);
        }

        return handed is Handed.Given or Handed.Over;
    }

    private async Task<JobLaunch?> AdoptSecretAsync(V1Secret secret, CancellationToken cancellationToken)
    {
        var from = PodLabels.OwnerOf(secret.Metadata) ?? "nobody";
        var claim = new Dictionary<string, string> { [PodLabels.Owner] = _agent.ToString() };
        if (await _cluster.PatchSecretAsync(secret, claim, cancellationToken) is null)
        {
            return null;
        }

        if (PayloadSecret.ReadLaunch(secret) is not { } launch)
        {
            _logger.SecretUnreadable(secret.Metadata.Name);
            await _cluster.DeleteSecretAsync(secret.Metadata.Name, cancellationToken);
            return null;
        }

        _logger.PodAdopted(launch.JobId, secret.Metadata.Name, from);
        return launch;
    }

    // A pod whose Secret is gone can still be watched and removed, though nobody can speak for its job any more.
    private static JobLaunch LaunchFromLabels(V1Pod pod)
    {
        var labels = pod.Metadata.Labels;
        var id = Guid.TryParse(labels?[PodLabels.JobId], out var guid) ? guid : Guid.Empty;
        return new JobLaunch
        {
            Job = new JobMessage
            {
                JobId = new JobId(id),
                Plan = new PlanReference { PlanId = default },
                JobDisplayName = pod.Metadata.Name,
            },
            Runner = new RunnerIdentity { Name = "unknown", Version = "unknown" },
            MessageSeen = PodTimes.Of(pod).MessageSeen ?? PodTimes.Of(pod).PodCreated ?? default,
        };
    }
}
