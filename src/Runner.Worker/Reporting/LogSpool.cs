using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Runner.Worker.Reporting;

/// <summary>
/// One log on disk, in the form in which it is uploaded: steps write at one end, the uploader reads from the other. In memory there is
/// one page of it, whatever its length.
/// </summary>
/// <remarks>
/// The whole file stays until the log is complete at GitHub, so that it can be sent again from its start. A disk that takes nothing costs
/// the lines that come meanwhile, and the log says how many; it never stops a step. The page is read where the disk does not take it, and its last part is kept
/// for what tells of the loss and for errors, which may say why: these arrive whatever the disk does.
/// </remarks>
internal sealed class LogSpool(string path, TimeProvider time) : IDisposable
{
    // Written at once when full; a write of this size into the page cache takes some ten microseconds.
    private const int PageBytes = 64 * 1024;

    // Of the page: for errors and notes of lost lines, and of that for one note alone.
    private const int ReserveBytes = 4 * 1024;
    private const int NoteBytes = 256;

    // A full disk is not asked for each of the lines that come meanwhile.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private SafeFileHandle? _file;
    private byte[] _page = ArrayPool<byte>.Shared.Rent(PageBytes);
    private int _pageLength;
    private long _fileLength;
    private long _lines;
    private long _lostLines;
    private byte[] _lossStamp = [];
    private long _untoldLines;
    private long _failedAt;
    private long _wakeAt = long.MaxValue;
    private bool _isEnded;

    /// <summary>Set when the log ended, or reached the length that <see cref="WakeAt"/> named.</summary>
    public AsyncSignal Grown { get; } = new();

    /// <summary>Whether nothing more comes.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _isEnded;
            }
        }
    }

    /// <summary>Bytes so far.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _fileLength + _pageLength;
            }
        }
    }

    /// <summary>Lines so far; a text with line feeds inside counts as several.</summary>
    public long Lines
    {
        get
        {
            lock (_lock)
            {
                return _lines;
            }
        }
    }

    /// <summary>Lines that the disk did not take; the log says at each place how many.</summary>
    public long LostLines
    {
        get
        {
            lock (_lock)
            {
                return _lostLines;
            }
        }
    }

    /// <summary>The error that the disk gave last, or <c>null</c>: it took everything.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>Adds a line; gives its number, from 1. Nothing is added after the end.</summary>
    public long Append(ReadOnlySpan<byte> stamp, ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return _lines;
            }

            var number = _lines + 1;
            var lines = 1 + text.Count((byte)'\n');
            if (!TryMakeRoom(stamp.Length + text.Length + 1, IsError(text)) || !TryAdd(stamp, text))
            {
                Lose(stamp, lines);
                return number;
            }

            _lines += lines;
            if (_fileLength + _pageLength >= _wakeAt)
            {
                _wakeAt = long.MaxValue;
                Grown.Set();
            }

            return number;
        }
    }

    /// <summary>Asks for <see cref="Grown"/> when the log has this many bytes.</summary>
    public void WakeAt(long length)
    {
        lock (_lock)
        {
            _wakeAt = length;
            if (_fileLength + _pageLength >= length)
            {
                _wakeAt = long.MaxValue;
                Grown.Set();
            }
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            AddLossNote();
            if (TryWritePage(isPatient: false))
            {
                ReturnPage();
            }

            _isEnded = true;
            Grown.Set();
        }
    }

    /// <summary>Puts what is in memory on disk, if that takes it; gives how much can be read.</summary>
    public long Flush()
    {
        lock (_lock)
        {
            TryWritePage(isPatient: false);
            return _fileLength + _pageLength;
        }
    }

    /// <summary>Puts what is in memory on disk for those who watch the file, unless the log has ended, which does that itself.</summary>
    public void WriteThrough()
    {
        lock (_lock)
        {
            if (!_isEnded)
            {
                TryWritePage(isPatient: true);
            }
        }
    }

    /// <summary>A part of what can be read, as the body of a request.</summary>
    public HttpContent Read(long offset, int length) => new SpoolContent(this, offset, length);

    /// <summary>Copies bytes from a place on; gives how many, 0 at the end.</summary>
    public int CopyTo(Span<byte> target, long offset)
    {
        SafeFileHandle? file;
        long fileLength;
        lock (_lock)
        {
            (file, fileLength) = (_file, _fileLength);
            if (offset >= fileLength)
            {
                var start = (int)Math.Min(offset - fileLength, _pageLength);
                var count = Math.Min(target.Length, _pageLength - start);
                _page.AsSpan(start, count).CopyTo(target);
                return count;
            }
        }

        // What is in the file stays as it is. Not null: it has bytes.
        return RandomAccess.Read(file!, target[..(int)Math.Min(target.Length, fileLength - offset)], offset);
    }

    /// <summary>Lets go of the file and removes it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isEnded = true;
            ReturnPage();
            if (_file is null)
            {
                return;
            }

            _file.Dispose();
            (_file, _fileLength) = (null, 0);
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The spool's folder goes with the job's place anyway.
            }
        }
    }

    private static bool IsError(ReadOnlySpan<byte> text) => text.StartsWith("##[error]"u8);

    private bool TryMakeRoom(int bytes, bool isError)
    {
        if (_pageLength + bytes <= PageBytes - ReserveBytes && _untoldLines == 0)
        {
            return true;
        }

        return TryWritePage(isPatient: true) || (isError && _pageLength + bytes <= PageBytes - (2 * NoteBytes));
    }

    private bool TryAdd(ReadOnlySpan<byte> stamp, ReadOnlySpan<byte> text)
    {
        AddLossNote();
        if (stamp.Length + text.Length + 1 > PageBytes - ReserveBytes)
        {
            return TryWriteLong(stamp, text);
        }

        Add(stamp);
        Add(text);
        Add("\n"u8);
        return true;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_page.AsSpan(_pageLength));
        _pageLength += bytes.Length;
    }

    // Wholly or not at all: half a line would be told neither as there nor as lost.
    private bool TryWriteLong(ReadOnlySpan<byte> stamp, ReadOnlySpan<byte> text)
    {
        if (!TryWritePage(isPatient: true))
        {
            return false;
        }

        try
        {
            var file = OpenFile();
            RandomAccess.Write(file, stamp, _fileLength);
            RandomAccess.Write(file, text, _fileLength + stamp.Length);
            RandomAccess.Write(file, "\n"u8, _fileLength + stamp.Length + text.Length);
            _fileLength += stamp.Length + text.Length + 1;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            return false;
        }
    }

    private void Lose(ReadOnlySpan<byte> stamp, int lines)
    {
        if (_untoldLines == 0)
        {
            _lossStamp = stamp.ToArray();
        }

        _untoldLines += lines;
        _lostLines += lines;
    }

    private void AddLossNote()
    {
        if (_untoldLines == 0)
        {
            return;
        }

        var note = string.Create(CultureInfo.InvariantCulture, $"##[warning]{_untoldLines} line(s) are missing here: the runner's disk took nothing\n");
        _untoldLines = 0;
        Add(_lossStamp);
        Add(Encoding.UTF8.GetBytes(note));
        _lines++;
    }

    // Many logs wait for a network that is cut; none of them keeps memory.
    private void ReturnPage()
    {
        if (_page.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_page);
            _page = [];
            _pageLength = 0;
        }
    }

    private bool TryWritePage(bool isPatient)
    {
        if (_pageLength == 0 && Failure is null)
        {
            return true;
        }

        if (isPatient && _failedAt != 0 && time.GetElapsedTime(_failedAt) < Pause)
        {
            return false;
        }

        try
        {
            RandomAccess.Write(OpenFile(), _page.AsSpan(0, _pageLength), _fileLength);
            _fileLength += _pageLength;
            _pageLength = 0;
            _failedAt = 0;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Kept in memory and written again with a later line: a full disk may get room.
            Fail(exception);
            return false;
        }
    }

    // A new file in any case: what a step put in its place is neither followed nor waited for.
    private SafeFileHandle OpenFile()
    {
        if (_file is null)
        {
            File.Delete(path);
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        }

        return _file;
    }

    private void Fail(Exception exception)
    {
        _failedAt = time.GetTimestamp();
        Failure = exception as IOException ?? new IOException(exception.Message, exception);
    }
}
