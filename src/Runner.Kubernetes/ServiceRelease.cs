using System.Globalization;
using System.Text;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Pods;

namespace Runner.Kubernetes;

/// <summary>Tells the worker of a pod that its services are ready, or which one is not (<see cref="ServiceJudge"/>).</summary>
/// <remarks>
/// One exec, tried until it is heard or the job is over: the worker waits for it. A worker takes the first word and is told it twice without
/// harm, so a lost answer, or another agent that adopted the job in between, costs nothing.
/// </remarks>
internal sealed class ServiceRelease(PodServices services, JobId jobId, string podName)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <summary>Tells it.</summary>
    /// <param name="readiness">What to tell.</param>
    /// <param name="cancellationToken">The job is over, or not this agent's any more.</param>
    public async Task TellAsync(ServiceReadiness readiness, CancellationToken cancellationToken)
    {
        try
        {
            var word = readiness is ServiceReadiness.Failed failed ? await FailureAsync(failed, cancellationToken) : [];
            for (var (tries, pause) = (1, FirstPause); await TellOnceAsync(word, cancellationToken) is { } problem; tries++, pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
            {
                services.Logger.ReleaseNotHeard(jobId, podName, tries, problem);
                await Task.Delay(pause, services.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // nobody waits for it any more
        }
    }

    private async Task<byte[]> FailureAsync(ServiceReadiness.Failed failed, CancellationToken cancellationToken)
    {
        var tail = await services.Cluster.ReadLogTailAsync(podName, failed.Container, cancellationToken);
        var message = failed.Message.ReplaceLineEndings(" "); // the worker shows the first line as the error
        return Encoding.UTF8.GetBytes(tail.Length == 0 ? message : $"{message}\nThe last it printed:\n{tail}");
    }

    // What kept the worker from hearing, or null: it heard.
    private async Task<string?> TellOnceAsync(byte[] failure, CancellationToken cancellationToken)
    {
        string[] command = failure.Length == 0
            ? [PodPaths.Worker, "release"]
            : [PodPaths.Worker, "release", "--failure", failure.Length.ToString(CultureInfo.InvariantCulture)];
        try
        {
            var exitCode = await services.Cluster.ExecAsync(podName, PodSpecBuilder.JobContainerName, command, failure, cancellationToken);
            return exitCode == 0 ? null : $"runner-worker release {ExitText.Of(exitCode)}";
        }
        catch (InfrastructureException error)
        {
            return error.Message;
        }
    }
}
