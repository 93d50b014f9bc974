using System.Globalization;
using Runner.Jobs.Launch;
using Runner.Jobs.Streams;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker log --until now|end [--last BYTES] [--spool DIR]</c>: prints the log of the job that runs in this pod, as it is sent to GitHub and so with
/// all masks. Until its end it goes on as lines come; it ends before where its standard input does: nobody watches any more.
/// </summary>
internal static class LogCommand
{
    private const int DefaultLast = 1024 * 1024;

    /// <summary>Runs it; gives the exit code.</summary>
    /// <exception cref="UsageException">An option is wrong.</exception>
    public static async Task<int> RunAsync(Arguments arguments, Stream input, Stream output, TimeProvider time)
    {
        var path = WorkPaths.JobLogIn(arguments.Find("--spool") ?? PidFile.DefaultFolder);
        Func<bool>? isOver = arguments["--until"] switch
        {
            "now" => null,
            "end" => () => !File.Exists(path),
            var other => throw new UsageException($"--until must be now or end, not '{other}'"),
        };
        var last = arguments.Find("--last") is not { } given ? DefaultLast
            : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes
            : throw new UsageException($"--last must be a number of bytes, not '{given}'");
        var wasSeen = false;
        await using var log = new GrowingLog(
            () =>
            {
                var file = ForeignFile.TryOpen(path); // steps may have put something in its place
                wasSeen |= file is not null;
                return file;
            },
            isOver is null ? null : () => wasSeen && isOver(),
            last,
            time);
        using var unread = new CancellationTokenSource();
        var reader = isOver is null ? Task.CompletedTask : WatchReaderAsync(input, unread);
        try
        {
            await log.CopyToAsync(output, unread.Token);
            await output.FlushAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            return ExitCodes.Ok; // nobody reads any more
        }

        // Not awaited: the read of standard input that is under way ends with the process.
        _ = reader;
        return ExitCodes.Ok;
    }

    private static async Task WatchReaderAsync(Stream input, CancellationTokenSource unread)
    {
        var nothing = new byte[256];
        try
        {
            while (await input.ReadAsync(nothing) > 0)
            {
                // What comes has no meaning; its end has.
            }
        }
        catch (IOException)
        {
            // The same.
        }

        try
        {
            await unread.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The log was over before.
        }
    }
}
