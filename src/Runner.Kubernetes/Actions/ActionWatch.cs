using k8s.Models;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Status;
using Runner.Kubernetes.Watch;

namespace Runner.Kubernetes.Actions;

/// <summary>Waits for what becomes of an action's container, by the one watch on all pods.</summary>
internal sealed class ActionWatch : IDisposable
{
    private readonly string _container;
    private readonly StartOptions _limits;
    private readonly TimeProvider _time;
    private readonly PodSubscription _subscription;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private V1Pod _pod;
    private bool _isGone;

    /// <summary>Watches from now on.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="pod">The pod as last seen.</param>
    /// <param name="container">The container, which need not be there yet.</param>
    /// <param name="limits">How long a start may fail.</param>
    /// <param name="time">The clock.</param>
    public ActionWatch(PodWatch watch, V1Pod pod, string container, StartOptions limits, TimeProvider time)
    {
        _pod = pod;
        _container = container;
        _limits = limits;
        _time = time;
        _subscription = watch.Open(pod.Metadata.Name);
        _subscription.Attach(Observe);
    }

    /// <summary>Whether the pod was seen with the container, however far that is.</summary>
    public bool IsThere
    {
        get
        {
            lock (_gate)
            {
                return _pod.Spec?.EphemeralContainers?.Any(container => container.Name == _container) == true;
            }
        }
    }

    /// <summary>Waits until it runs, or has ended.</summary>
    /// <exception cref="WorkflowException">It cannot be started: the image cannot be had, say. The limits are those of a job's container.</exception>
    /// <exception cref="InfrastructureException">The pod is gone, or the node did not start it in time.</exception>
    public async Task<ActionState> StartedAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetUtcNow();
        DateTimeOffset? failingSince = null;
        StartObstacle? earlier = null;
        while (true)
        {
            var (state, changed) = Look();
            if (state is not ActionState.Waiting { Obstacle: var seen })
            {
                return state;
            }

            var obstacle = earlier = seen?.MoreTelling(earlier);
            var now = _time.GetUtcNow();
            failingSince = obstacle is null ? null : failingSince ?? now;
            var deadline = failingSince + obstacle?.Patience(_limits) ?? asked + _limits.StartDeadline;
            if (obstacle is not null && now >= deadline)
            {
                throw new WorkflowException(PodMessages.NotStarting(obstacle, now - failingSince ?? TimeSpan.Zero));
            }

            if (now >= deadline)
            {
                throw new InfrastructureException($"The action's container '{_container}' did not start within {PodMessages.Duration(_limits.StartDeadline)}");
            }

            await ChangeOrAsync(changed, deadline - now, cancellationToken);
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="InfrastructureException">The pod is gone, and nobody knows how it ended.</exception>
    public async Task<V1ContainerStateTerminated> EndedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (state, changed) = Look();
            if (state is ActionState.Ended { How: var how })
            {
                return how;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Observe(V1Pod pod, bool isGone)
    {
        lock (_gate)
        {
            if (!PodTimes.IsOlder(pod, _pod))
            {
                _pod = pod;
            }

            _isGone |= isGone;
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    private (ActionState State, Task Changed) Look()
    {
        lock (_gate)
        {
            var state = ActionState.Of(_pod, _isGone, _container);
            return state is ActionState.PodGone
                ? throw new InfrastructureException($"The job's pod is gone, and with it the action's container '{_container}'")
                : (state, _changed.Task);
        }
    }

    // News, or the moment at which the state means something else without any.
    private async Task ChangeOrAsync(Task changed, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(delay, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }
    }
}
