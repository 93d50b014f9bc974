using Runner.Backends;
using Runner.Kubernetes;

namespace Runner.Cli.Running;

/// <summary>Tells of every job what its labels became and what its pod looks like, before it is launched: <c>--debug-scheduling</c>.</summary>
/// <param name="inner">Runs the jobs.</param>
/// <param name="output">Takes the text.</param>
internal sealed class ToldPlacements(KubernetesBackend inner, TextWriter output) : IJobBackend
{
    private readonly Lock _lock = new();

    public string Name => inner.Name;

    public Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        var text = inner.Describe(launch);
        lock (_lock)
        {
            output.WriteLine(text);
        }

        return inner.LaunchAsync(launch, cancellationToken);
    }

    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) => inner.AdoptAsync(cancellationToken);
}
