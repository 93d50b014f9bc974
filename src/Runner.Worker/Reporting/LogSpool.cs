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
/// the lines that come meanwhile, and the log says how many; it never stops a step.
/// </remarks>
internal sealed class LogSpool(string path) : IDisposable
{
    // Written at once when full; a write of this size into the page cache takes some ten microseconds.
    private const int PageBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private SafeFileHandle? _file;
    private byte[] _page = ArrayPool<byte>.Shared.Rent(PageBytes);
    private int _pageLength;
    private long _fileLength;
    private long _lines;
    private long _lostLines;
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

    /// <summary>The error that the disk gave last, if it takes nothing now.</summary>
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
            var bytes = stamp.Length + text.Length + 1;
            if (_pageLength + bytes > _page.Length && !TryWritePage())
            {
                _lostLines++;
                return number;
            }

            if (_lostLines > 0)
            {
                AddLossNote(stamp);
            }

            Add(stamp);
            Add(text);
            Add("\n"u8);
            _lines += 1 + text.Count((byte)'\n');
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

            if (TryWritePage())
            {
                ReturnPage();
            }

            _isEnded = true;
            Grown.Set();
        }
    }

    /// <summary>Puts what is in memory on disk; gives how much can be read.</summary>
    public long Flush()
    {
        lock (_lock)
        {
            TryWritePage();
            return _fileLength;
        }
    }

    /// <summary>A part that is on disk, as the body of a request.</summary>
    public HttpContent Read(long offset, int length)
    {
        // Not null: a part on disk was written to the file.
        return new SpoolContent(_file!, offset, length);
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
            try
            {
                File.Delete(path);
            }
            catch (IOException)
            {
                // The spool's folder goes with the job's place anyway.
            }
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _page.Length - _pageLength && !TryWritePage())
        {
            return;
        }

        while (bytes.Length > _page.Length - _pageLength)
        {
            var part = bytes[..(_page.Length - _pageLength)];
            part.CopyTo(_page.AsSpan(_pageLength));
            _pageLength += part.Length;
            bytes = bytes[part.Length..];
            if (!TryWritePage())
            {
                return; // the rest of a line that is longer than a page
            }
        }

        bytes.CopyTo(_page.AsSpan(_pageLength));
        _pageLength += bytes.Length;
    }

    private void AddLossNote(ReadOnlySpan<byte> stamp)
    {
        var note = string.Create(CultureInfo.InvariantCulture, $"##[warning]{_lostLines} line(s) are missing here: the runner's disk took nothing");
        _lostLines = 0;
        Add(stamp);
        Add(Encoding.UTF8.GetBytes(note));
        Add("\n"u8);
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

    private bool TryWritePage()
    {
        if (_pageLength == 0)
        {
            return true;
        }

        try
        {
            _file ??= File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            RandomAccess.Write(_file, _page.AsSpan(0, _pageLength), _fileLength);
            _fileLength += _pageLength;
            _pageLength = 0;
            Failure = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Kept in memory and written again with the next line: a full disk may get room.
            Failure = exception as IOException ?? new IOException(exception.Message, exception);
            return false;
        }
    }
}
