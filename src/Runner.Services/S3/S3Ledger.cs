using System.Collections.Concurrent;
using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>Which bytes this server took for blobs that are being written, as they count to budgets. What it replaces by a later upload counts until the blob is complete or goes.</summary>
internal sealed class S3Ledger(BlobBudgets budgets)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal); // by blob

    /// <summary>The blobs of which bytes count.</summary>
    public IReadOnlyCollection<string> Blobs => [.. _entries.Keys];

    /// <summary>Counts bytes that arrive.</summary>
    /// <exception cref="BlobException">They are too many; none of them count.</exception>
    public void Take(string blob, string group, long bytes) => Change(blob, group, entry => entry.TryTake(bytes));

    /// <summary>Counts a block; one that comes again is the same one.</summary>
    /// <exception cref="BlobException">There are too many.</exception>
    public void AddBlock(string blob, string group, string id) => Change(blob, group, entry => entry.TryAddBlock(id));

    /// <summary>Counts bytes of a blob no longer.</summary>
    public void Give(string blob, long bytes)
    {
        if (_entries.TryGetValue(blob, out var entry))
        {
            entry.Give(bytes);
        }
    }

    /// <summary>Counts no bytes of a blob any longer.</summary>
    public void Release(string blob)
    {
        if (_entries.TryRemove(blob, out var entry))
        {
            entry.Close();
        }
    }

    // One that was found as it was released counts no more: the next one is another.
    private void Change(string blob, string group, Func<Entry, bool> change)
    {
        while (!change(_entries.GetOrAdd(blob, _ => new Entry(budgets.Of(group)))))
        {
            // It has been taken out by now.
        }
    }

    private sealed class Entry(BlobBudget budget)
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _blocks = new(StringComparer.Ordinal);
        private long _bytes;
        private bool _isClosed;

        public bool TryAddBlock(string id)
        {
            lock (_gate)
            {
                if (!_isClosed && _blocks.Count >= StagedBlocks.MaxBlocks && !_blocks.Contains(id))
                {
                    throw StagedBlocks.TooMany();
                }

                _blocks.Add(id);
                return !_isClosed;
            }
        }

        public bool TryTake(long bytes)
        {
            lock (_gate)
            {
                if (_isClosed)
                {
                    return false;
                }

                budget.Take(bytes);
                _bytes += bytes;
                return true;
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _isClosed = true;
                budget.Give(_bytes);
                _bytes = 0;
            }
        }

        public void Give(long bytes)
        {
            lock (_gate)
            {
                var given = Math.Min(bytes, _bytes);
                budget.Give(given);
                _bytes -= given;
            }
        }
    }
}
