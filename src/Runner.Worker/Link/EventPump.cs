using System.Buffers;
using Runner.Jobs.Link;

namespace Runner.Worker.Link;

/// <summary>
/// Puts events on standard output. What comes while a write is under way goes out with the next one; beyond a limit whoever has something
/// to tell waits, and so, in the end, does the step that prints: a launcher that reads slowly costs time, not memory.
/// </summary>
/// <remarks>A thread of its own writes: a pipe whose other end is slow would block one of the pool's.</remarks>
internal sealed class EventPump
{
    private const int MaxPendingBytes = 256 * 1024;

    private readonly Stream _output;
    private readonly Action<Exception> _lost;
    private readonly object _gate = new();
    private readonly EventLineWriter _writer = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _writing = new();
    private bool _isComplete;
    private bool _isLost;

    /// <summary>A pump that writes from now on.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="lost">Called once, when nobody reads any more. What is told afterwards is dropped.</param>
    public EventPump(Stream output, Action<Exception> lost)
    {
        _output = output;
        _lost = lost;
        new Thread(Run) { IsBackground = true, Name = "events" }.Start();
    }

    /// <summary>Tells an event. From any thread; events go out in the order of the calls.</summary>
    public void Write(WorkerEvent workerEvent)
    {
        lock (_gate)
        {
            while (_pending.WrittenCount > MaxPendingBytes && !_isLost)
            {
                Monitor.Wait(_gate);
            }

            if (_isLost || _isComplete)
            {
                return;
            }

            _writer.Write(workerEvent, _pending);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Prints a line between the events; false where so much waits already that it would have to wait, too.</summary>
    public bool TryWrite(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_isLost || _isComplete || _pending.WrittenCount + line.Length > MaxPendingBytes)
            {
                return false;
            }

            _pending.Write(line);
            _pending.Write("\n"u8);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>No event comes any more. Gives whether all went out; false where nobody reads.</summary>
    public Task<bool> CompleteAsync()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.PulseAll(_gate);
        }

        return _ended.Task;
    }

    private void Run()
    {
        while (Take() is { } bytes)
        {
            try
            {
                _output.Write(bytes.WrittenSpan);
                _output.Flush();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                Lose(failure);
                return;
            }
        }

        _ended.TrySetResult(true);
    }

    private ArrayBufferWriter<byte>? Take()
    {
        lock (_gate)
        {
            while (_pending.WrittenCount == 0)
            {
                if (_isComplete)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            _writing.ResetWrittenCount();
            (_pending, _writing) = (_writing, _pending);
            Monitor.PulseAll(_gate);
            return _writing;
        }
    }

    private void Lose(Exception failure)
    {
        lock (_gate)
        {
            _isLost = true;
            Monitor.PulseAll(_gate);
        }

        _lost(failure);
        _ended.TrySetResult(false);
    }
}
