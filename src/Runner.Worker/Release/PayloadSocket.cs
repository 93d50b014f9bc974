using System.Buffers.Binary;
using System.Net.Sockets;
using Runner.Jobs.Errors;

namespace Runner.Worker.Release;

/// <summary>Where a worker that was started ahead of its job is given the job's payload: a socket in its spool, for one payload.</summary>
/// <remarks>
/// What is sent: the job's id (16 bytes), the payload's length (4 bytes, big endian), the payload. The answer is one byte, sent once the payload is there as
/// a whole and a note says whose it is, so that giving it again by somebody who does not know whether it was heard does no harm. The payload itself is never
/// on disk. Nobody but the launcher's command can connect: no step runs yet, and the socket goes with the payload.
/// </remarks>
internal sealed class PayloadSocket(string folder)
{
    /// <summary>The largest payload, in bytes: a Kubernetes Secret holds no more.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int HeaderBytes = 20;
    private const byte Taken = 1;
    private const string NoteName = "given";
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    private string Path { get; } = System.IO.Path.Combine(folder, "payload.sock");

    private string Note { get; } = System.IO.Path.Combine(folder, NoteName);

    /// <summary>Whether something was sent to a worker, which may yet take it: a socket takes bytes before anybody reads them.</summary>
    public bool HasSent { get; private set; }

    /// <summary>Waits until a payload is given.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InfrastructureException">The socket cannot be made.</exception>
    public async Task<byte[]> TakeAsync(CancellationToken cancellationToken)
    {
        using var listener = Listen();
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptAsync(cancellationToken);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(SendLimit);
                if (await ReadAsync(socket, limit.Token) is { } payload)
                {
                    return payload;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            File.Delete(Path);
        }
    }

    /// <summary>Gives the worker a payload; false where it has that of another job, or of none any more.</summary>
    /// <param name="job">Which job.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The worker, which may just be starting, is waited for until then.</param>
    public async Task<bool> GiveAsync(Guid job, ReadOnlyMemory<byte> payload, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ReadNote() is { } given)
            {
                return given == job;
            }

            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellationToken);
                HasSent = true;
                await SendAsync(socket, job, payload, cancellationToken);
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // It does not listen yet, or has taken one from somebody else meanwhile, which its note says.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
            }
        }
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(folder);
            File.Delete(Path);
            socket.Bind(new UnixDomainSocketEndPoint(Path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen();
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new InfrastructureException($"The worker cannot wait for its job at '{Path}': {failure.Message}", failure);
        }
    }

    // The payload, or null where what came was none: whoever sent it tries again.
    private async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var header = new byte[HeaderBytes];
        try
        {
            await stream.ReadExactlyAsync(header, cancellationToken);
            var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(16));
            if (length is <= 0 or > MaxBytes)
            {
                return null;
            }

            var payload = new byte[length];
            await stream.ReadExactlyAsync(payload, cancellationToken);
            WriteNote(new Guid(header.AsSpan(0, 16)));
            await TellTakenAsync(stream, cancellationToken);
            return payload;
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            return null;
        }
    }

    // Whoever does not hear it gives the payload again, and reads the note then.
    private static async Task TellTakenAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(new[] { Taken }, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            return;
        }
    }

    private static async Task SendAsync(Socket socket, Guid job, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var header = new byte[HeaderBytes];
        job.TryWriteBytes(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), payload.Length);
        await stream.WriteAsync(header, cancellationToken);
        await stream.WriteAsync(payload, cancellationToken);
        await stream.ReadExactlyAsync(new byte[1], cancellationToken);
    }

    private void WriteNote(Guid job)
    {
        var draft = $"{Note}.draft";
        File.WriteAllText(draft, job.ToString());
        File.Move(draft, Note);
    }

    private Guid? ReadNote()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(Note), out var job) ? job : null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // none was given yet
        }
    }
}
