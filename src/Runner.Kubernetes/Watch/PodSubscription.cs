using k8s.Models;

namespace Runner.Kubernetes.Watch;

/// <summary>Tells what became of a pod: its new state, or that it is gone, with the last state seen.</summary>
internal delegate void PodObserver(V1Pod pod, bool isGone);

/// <summary>
/// Interest in one pod. It is opened before the pod is made, so that even a pod that lives for a moment only is not missed, and gets its
/// observer once there is one.
/// </summary>
internal sealed class PodSubscription(PodWatch watch, string podName) : IDisposable
{
    /// <summary>Which pod.</summary>
    public string PodName => podName;

    /// <summary>Who is told, or <c>null</c>: nobody yet.</summary>
    public PodObserver? Observer { get; private set; }

    /// <summary>The newest list that cannot tell whether the pod is gone, for it may have been made before the pod.</summary>
    public long List { get; private set; }

    /// <summary>What was told while nobody listened.</summary>
    public (V1Pod Pod, bool IsGone)? Missed { get; set; }

    /// <summary>
    /// From now on the observer is told of the pod, which is made by now, and at once what is known of it. It must be quick and must not
    /// throw.
    /// </summary>
    public void Attach(PodObserver observer)
    {
        if (watch.Attach(this, list => (Observer, List) = (observer, list)) is var (pod, isGone))
        {
            observer(pod, isGone);
        }
    }

    public void Dispose() => watch.Close(this);
}
