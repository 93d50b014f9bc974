using Runner.Jobs.Streams;

namespace Runner.Backends.Host;

/// <summary>
/// A file that another process writes, read as it grows until the writer has ended. Steps can write to it, too: it is read at a bounded pace, and
/// what comes after the writer's end is for nobody.
/// </summary>
internal sealed class FollowedFile : SequentialStream
{
    // The writer's requests wait for this long at most; looking costs one call of the kernel.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // A worker has a few lines to tell in that time.
    private const int MaxBytesPerPause = 256 * 1024;

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly CancellationToken _ended;
    private int _bytesSincePause;

    private FollowedFile(FileStream file, TimeProvider time, CancellationToken ended)
    {
        _file = file;
        _time = time;
        _ended = ended;
    }

    public override bool CanRead => true;

    public override bool CanWrite => false;

    /// <summary>Opens it, whether or not it is there yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ended">The writer has ended.</param>
    public static FollowedFile Open(string path, TimeProvider time, CancellationToken ended) => new(
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), time, ended);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended.IsCancellationRequested)
        {
            var count = _bytesSincePause < MaxBytesPerPause ? await _file.ReadAsync(buffer, cancellationToken) : 0;
            if (count > 0)
            {
                _bytesSincePause += count;
                return count;
            }

            await WaitAsync(cancellationToken);
            _bytesSincePause = 0;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended);
        try
        {
            await Task.Delay(Pause, _time, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return; // the writer has ended
        }
    }
}
