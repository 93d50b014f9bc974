using System.Collections.Immutable;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>
/// The message queue of a scale set (<c>scaleset.md</c> section 6). It belongs to the set and not to a session: what was not deleted comes
/// again. Not thread-safe: <see cref="ScaleSetBoard"/> guards it.
/// </summary>
internal sealed class MessageQueue
{
    private const int MaxEntries = 50;

    private readonly SortedDictionary<long, ImmutableArray<ScaleSetJob>> _messages = [];
    private readonly Queue<ScaleSetJob> _pending = new();
    private long _lastId = 100_000_000; // GitHub counts from one more, for each set

    /// <summary>Something is to be said of a job.</summary>
    public void Add(ScaleSetJob entry) => _pending.Enqueue(entry);

    /// <summary>The first message after a cursor, or <c>null</c>. What is to be said becomes a message when a poll asks.</summary>
    public (long Id, ImmutableArray<ScaleSetJob> Entries)? Next(long cursor)
    {
        foreach (var (id, entries) in _messages)
        {
            if (id > cursor)
            {
                return (id, entries);
            }
        }

        if (_pending.Count == 0)
        {
            return null;
        }

        var packed = ImmutableArray.CreateBuilder<ScaleSetJob>();
        while (packed.Count < MaxEntries && _pending.TryDequeue(out var entry))
        {
            packed.Add(entry);
        }

        _messages[++_lastId] = packed.ToImmutable();
        return (_lastId, _messages[_lastId]);
    }

    /// <summary>Deletes a message; deleting it again changes nothing.</summary>
    public void Delete(long id) => _messages.Remove(id);
}
