using System.Globalization;
using System.Text;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes;

/// <summary>Says something to the worker of a pod, by one exec, tried until it is heard or the job is over.</summary>
/// <remarks>
/// A worker takes the first word and is told it twice without harm, so a lost answer, or another agent that adopted the job in between, costs
/// nothing.
/// </remarks>
internal sealed class PodWord(PodContext context, JobId jobId, string podName)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <summary>Tells it that its services are ready, or which one is not (<see cref="ServiceJudge"/>): it waits for that.</summary>
    /// <param name="readiness">What to tell.</param>
    /// <param name="cancellationToken">The job is over, or not this agent's any more.</param>
    public async Task ReleaseAsync(ServiceReadiness readiness, CancellationToken cancellationToken)
    {
        try
        {
            var failure = readiness is ServiceReadiness.Failed failed ? await FailureAsync(failed, cancellationToken) : [];
            await SendAsync("release", failure.Length == 0 ? [] : ["--failure", Length(failure)], failure, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // nobody waits for it any more
        }
    }

    /// <summary>Tells it why its pod is taken away: the kubelet's SIGTERM says only that it is.</summary>
    /// <param name="why">In words for the workflow's author.</param>
    /// <param name="cancellationToken">The job is over, or not this agent's any more.</param>
    public async Task ExplainRemovalAsync(string why, CancellationToken cancellationToken)
    {
        try
        {
            var reason = Encoding.UTF8.GetBytes(why);
            await SendAsync("removal", ["--reason", Length(reason)], reason, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // it ended first
        }
    }

    private static string Length(byte[] word) => word.Length.ToString(CultureInfo.InvariantCulture);

    private async Task<byte[]> FailureAsync(ServiceReadiness.Failed failed, CancellationToken cancellationToken)
    {
        var tail = await context.Cluster.Streams.ReadLogTailAsync(podName, failed.Container, cancellationToken);
        var message = failed.Message.ReplaceLineEndings(" "); // the worker shows the first line as the error
        return Encoding.UTF8.GetBytes(tail.Length == 0 ? message : $"{message}\nThe last it printed:\n{tail}");
    }

    private async Task SendAsync(string command, string[] options, byte[] word, CancellationToken cancellationToken)
    {
        string[] line = [PodPaths.Worker, command, .. options];
        var pause = FirstPause;
        for (var tries = 1; await SendOnceAsync(line, word, cancellationToken) is { } problem; tries++)
        {
            context.Logger.WordNotHeard(command, jobId, podName, tries, problem);
            await Task.Delay(pause, context.Time, cancellationToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    // What kept the worker from hearing, or null: it heard.
    private async Task<string?> SendOnceAsync(string[] command, byte[] word, CancellationToken cancellationToken)
    {
        try
        {
            var exitCode = await context.Cluster.Streams.ExecAsync(podName, ContainerNames.Job, command, word, cancellationToken);
            return exitCode == 0 ? null : $"runner-worker {command[1]} {ExitText.Of(exitCode)}";
        }
        catch (InfrastructureException error)
        {
            return error.Message;
        }
    }
}
