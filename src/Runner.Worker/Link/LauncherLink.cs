using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Jobs.Secrets;
using Runner.Worker.Logging;

namespace Runner.Worker.Link;

/// <summary>
/// Asks the launcher for what only it can do. The worker says that it waits; the launcher then connects to a socket in the spool's folder.
/// </summary>
/// <remarks>
/// Steps run as the same user: they can connect to the socket, remove it or put their own in its place. Without the job's key they get and
/// change nothing (<see cref="SealedLink"/>); what they can do is keep the launcher away, and then the request fails with a reason.
/// </remarks>
internal sealed class LauncherLink(
    string folder, Secret key, Action<WorkerEvent> tell, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Name of the socket in the spool's folder.</summary>
    public const string SocketName = "link.sock";

    private const int MaxStreams = 16;

    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, PendingRequest> _requests = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _over = new();
    private readonly SemaphoreSlim _streams = new(MaxStreams);
    private readonly Lock _gate = new();
    private Task? _listening;

    /// <summary>Asks, and waits for the result.</summary>
    /// <param name="request">What for.</param>
    /// <param name="sink">Takes the answer's bytes.</param>
    /// <param name="cancellationToken">The answer is not wanted any more: the launcher is told, and has a moment to stop what it began.</param>
    /// <exception cref="InfrastructureException">No launcher came for it.</exception>
    public async Task<RequestResult> AskAsync(WorkerRequest request, Stream sink, CancellationToken cancellationToken)
    {
        Listen();
        using var pending = new PendingRequest(Guid.NewGuid().ToString("N"), request, sink);
        _requests[pending.Id] = pending;
        try
        {
            return await WaitAsync(pending, request.Kind, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Only a container may run on for it where no launcher is to be seen: of an earlier one, whose successor must be told.
            if (request is ContainerRequest || pending.IsAttached)
            {
                await StopAsync(pending);
            }

            throw;
        }
        finally
        {
            _requests.TryRemove(pending.Id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await (_listening ?? Task.CompletedTask);
        _over.Dispose();
        _streams.Dispose();
    }

    private async Task<RequestResult> WaitAsync(PendingRequest pending, string kind, CancellationToken cancellationToken)
    {
        var silentSince = time.GetTimestamp();
        while (true)
        {
            tell(new RequestMadeEvent { RequestId = pending.Id, Kind = kind, Proof = LinkKey.ProofOf(key, pending.Id) });
            try
            {
                return await pending.Result.WaitAsync(AskAgain, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                silentSince = pending.IsAttached ? time.GetTimestamp() : silentSince;
                if (time.GetElapsedTime(silentSince) > MaxSilence)
                {
                    throw new InfrastructureException(
                        $"Whoever launched this job did not answer the request '{kind}' within {MaxSilence.TotalMinutes:0} minutes");
                }
            }
        }
    }

    private async Task StopAsync(PendingRequest pending)
    {
        using var limit = new CancellationTokenSource(StopLimit, time);
        try
        {
            await pending.StopAsync(limit.Token);
            await pending.Result.WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            logger.RequestNotStopped(pending.Id);
        }
    }

    private void Listen()
    {
        lock (_gate)
        {
            _listening ??= AcceptAsync(Open());
        }
    }

    private Socket Open()
    {
        var path = Path.Combine(folder, SocketName);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(folder);
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen();
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new InfrastructureException($"The worker cannot listen for its launcher at '{path}': {failure.Message}", failure);
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        var serving = new ConcurrentDictionary<Task, byte>();
        using (listener)
        {
            try
            {
                while (true)
                {
                    await _streams.WaitAsync(_over.Token);
                    var task = ServeAsync(await listener.AcceptAsync(_over.Token));
                    serving[task] = 0;
                    _ = task.ContinueWith(ended => serving.TryRemove(ended, out _), TaskScheduler.Default);
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(serving.Keys); // the job is over
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var greeting = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            greeting.CancelAfter(GreetingLimit);
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var link = await SealedLink.OpenAsync(stream, key, isLauncher: false, greeting.Token);
            if (await link.ReadAsync(greeting.Token) is not { Kind: LinkFrameKind.Attach } attach)
            {
                return;
            }

            if (_requests.TryGetValue(Encoding.UTF8.GetString(attach.Body.Span), out var request))
            {
                await request.ServeAsync(link, _over.Token);
            }
            else
            {
                await link.WriteAsync(LinkFrameKind.Unknown, default, greeting.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InfrastructureException or ObjectDisposedException)
        {
            logger.StreamEnded(exception.Message); // the launcher opens another one, or was none
        }
        finally
        {
            _streams.Release();
        }
    }
}
