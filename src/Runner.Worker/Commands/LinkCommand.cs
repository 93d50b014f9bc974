using System.Net.Sockets;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Link;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker link [--spool DIR]</c>: a bridge between its own standard input and output and the socket of the worker that runs beside
/// it. Whoever launched the job starts it in the job's container or pod for each stream, and itself says over the stream which request that
/// is for; the bridge understands nothing of what passes, which is sealed.
/// </summary>
internal static class LinkCommand
{
    /// <summary>Runs until the worker ends the stream; gives the exit code: 69 where no worker listens.</summary>
    /// <param name="arguments">Its options.</param>
    /// <param name="input">What goes to the worker; its end is told to the worker, whose own last bytes still come.</param>
    /// <param name="output">What comes from the worker.</param>
    /// <param name="error">Where to say that no worker listens.</param>
    public static async Task<int> RunAsync(Arguments arguments, Stream input, Stream output, TextWriter error)
    {
        var path = Path.Combine(arguments.Find("--spool") ?? PidFile.DefaultFolder, LauncherLink.SocketName);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException failure)
        {
            await error.WriteLineAsync($"runner-worker: no worker listens at {path}: {failure.Message}");
            return ExitCodes.Infrastructure;
        }

        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var sending = SendAsync(input, stream, socket);
        try
        {
            await stream.CopyToAsync(output);
        }
        catch (IOException)
        {
            return ExitCodes.Ok; // one of the sides is gone: the stream is over, and another one may follow
        }

        // Not awaited: the read of standard input that is under way ends with the process.
        _ = sending;
        return ExitCodes.Ok;
    }

    private static async Task SendAsync(Stream input, NetworkStream stream, Socket socket)
    {
        try
        {
            await input.CopyToAsync(stream);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            return; // the worker ended the stream
        }
    }
}
