using System.Text;
using k8s;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Kubernetes.Naming;

namespace Runner.Kubernetes.Client;

/// <summary>Commands in the containers of jobs' pods, and what containers print. None is tried again here.</summary>
internal sealed class PodStreams(ClusterConnection connection, TimeProvider time, ILogger logger)
{
    private const int LogTailLines = 20;
    private const int LogTailBytes = 4096;
    private const int MaxLogBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan ExecTimeout = TimeSpan.FromSeconds(15);

    private ICoreV1Operations Core => connection.Client.CoreV1;

    /// <summary>Runs a command in a container of a job's pod once and gives its exit code.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="command">The command.</param>
    /// <param name="input">What it is given on standard input, which does not end after that.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <param name="opened">Called once the way to it is open: before that nothing was sent to it.</param>
    /// <exception cref="InfrastructureException">It could not be run, or no exit code came back.</exception>
    public async Task<int> ExecAsync(
        string pod, string container, IReadOnlyList<string> command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken, Action? opened = null)
    {
        using var limit = new CancellationTokenSource(ExecTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // The client reads the end of a command without a limit.
            return await connection.Client.NamespacedPodExecAsync(
                pod, connection.Namespace, container, command, tty: false, GiveInputAsync, linked.Token).WaitAsync(linked.Token);
        }
        catch (Exception exception) when (ApiErrors.Translate(exception, $"run {command[0]} in pod {pod}", cancellationToken) is { } error)
        {
            throw error;
        }

        async Task GiveInputAsync(Stream stdin, Stream output, Stream error)
        {
            opened?.Invoke();
            if (!input.IsEmpty)
            {
                await stdin.WriteAsync(input, linked.Token);
            }

            await Task.WhenAll(output.CopyToAsync(Stream.Null, linked.Token), error.CopyToAsync(Stream.Null, linked.Token));
        }
    }

    /// <summary>Starts a command in a job's container, once; what it reads and prints is the stream, and ends with it.</summary>
    /// <exception cref="InfrastructureException">It could not be started.</exception>
    public async Task<Stream> OpenExecAsync(string pod, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ExecTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return new ExecStream(await connection.Client.WebSocketNamespacedPodExecAsync(
                pod, connection.Namespace, command, ContainerNames.Job, tty: false, webSocketSubProtocol: WebSocketProtocol.V4BinaryWebsocketProtocol, cancellationToken: linked.Token));
        }
        catch (Exception exception) when (ApiErrors.Translate(exception, $"run {command[0]} in pod {pod}", cancellationToken) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Opens the log of a container of a job's pod from its beginning and follows it until the container ends.</summary>
    /// <exception cref="InfrastructureException">It could not be opened; of a pod that is gone, with status 404.</exception>
    public Task<Stream> FollowLogAsync(string pod, string container, CancellationToken cancellationToken) => ApiCaller.CallOnceAsync(
        $"follow the log of pod {pod}",
        token => Core.ReadNamespacedPodLogAsync(
            pod, connection.Namespace, container: container, follow: true, cancellationToken: token),
        cancellationToken);

    /// <summary>Opens the last lines that a container printed.</summary>
    /// <exception cref="InfrastructureException">They cannot be had.</exception>
    public Task<Stream> OpenLogAsync(string pod, string container, int lines, CancellationToken cancellationToken) => ApiCaller.CallOnceAsync(
        $"read the log of {container} in pod {pod}",
        token => Core.ReadNamespacedPodLogAsync(
            pod, connection.Namespace, container: container, tailLines: lines, limitBytes: MaxLogBytes, cancellationToken: token),
        cancellationToken);

    /// <summary>The last lines that a container printed; empty where there are none or they cannot be had.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">Its container.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string> ReadLogTailAsync(string pod, string container, CancellationToken cancellationToken)
    {
        try
        {
            return await ApiCaller.CallOnceAsync($"read the log of pod {pod}", ReadAsync, cancellationToken);
        }
        catch (InfrastructureException error)
        {
            logger.NoLogTail(pod, error.Message); // a help to the reader of the failure, not the failure
            return string.Empty;
        }

        async Task<string> ReadAsync(CancellationToken token)
        {
            await using var stream = await Core.ReadNamespacedPodLogAsync(
                pod,
                connection.Namespace,
                container: container,
                tailLines: LogTailLines,
                limitBytes: LogTailBytes,
                cancellationToken: token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return (await reader.ReadToEndAsync(token)).TrimEnd();
        }
    }
}
