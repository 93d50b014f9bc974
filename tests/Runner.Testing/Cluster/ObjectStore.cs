using System.Globalization;
using System.Text.Json.Nodes;

namespace Runner.Testing.Cluster;

/// <summary>A change of an object: made where there is no old one, deleted where there is no new one.</summary>
internal sealed record ObjectChange(ResourceKind Kind, StoredObject? Old, StoredObject? New, long Version);

/// <summary>
/// The objects of one namespace with the history of their changes, as etcd has them: one count of versions for all, history that is dropped from its old
/// end, and whoever asks for what is dropped is told that it expired.
/// </summary>
/// <param name="keptChanges">Fewest changes that are kept.</param>
internal sealed class ObjectStore(int keptChanges)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKind, SortedDictionary<string, StoredObject>> _objects = [];
    private readonly List<ObjectChange> _history = []; // by version
    private TaskCompletionSource _changed = NewSignal();
    private long _version = 1_000;
    private long _dropped = 1_000;

    /// <summary>Is told of each change, in order and at once.</summary>
    public Action<ObjectChange>? Changed { get; set; }

    public StoredObject Create(ResourceKind kind, JsonObject tree)
    {
        lock (_gate)
        {
            var name = (string)tree["metadata"]!["name"]!;
            return Of(kind).ContainsKey(name) ? throw ApiError.AlreadyExists(kind, name) : Put(kind, old: null, tree);
        }
    }

    public StoredObject? Find(ResourceKind kind, string name)
    {
        lock (_gate)
        {
            return Of(kind).GetValueOrDefault(name);
        }
    }

    /// <summary>The objects of a selector by name, and the version that the list is of.</summary>
    public (IReadOnlyList<StoredObject> Objects, long Version) List(ResourceKind kind, LabelSelector selector)
    {
        lock (_gate)
        {
            return ([.. Of(kind).Values.Where(stored => selector.Matches(stored.Labels))], _version);
        }
    }

    /// <summary>Changes an object; what changes nothing makes no version.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Gets a copy of it.</param>
    /// <param name="uid">Which one it must be, or <c>null</c>.</param>
    public StoredObject Update(ResourceKind kind, string name, Action<JsonObject> change, string? uid = null)
    {
        lock (_gate)
        {
            if (!Of(kind).TryGetValue(name, out var old) || (uid is not null && old.Uid != uid))
            {
                throw ApiError.NotFound(kind, name);
            }

            var tree = old.Tree.DeepClone().AsObject();
            change(tree);
            tree["metadata"]!["resourceVersion"] = old.Version.ToString(CultureInfo.InvariantCulture);
            return JsonNode.DeepEquals(tree, old.Tree) ? old : Put(kind, old, tree);
        }
    }

    /// <summary>Removes an object; gives it as it was, with the version of its removal.</summary>
    public StoredObject Remove(ResourceKind kind, string name, string? uid = null)
    {
        lock (_gate)
        {
            if (!Of(kind).TryGetValue(name, out var old) || (uid is not null && old.Uid != uid))
            {
                throw ApiError.NotFound(kind, name);
            }

            Of(kind).Remove(name);
            var last = new StoredObject(kind, old.Tree.DeepClone().AsObject(), ++_version);
            Tell(new ObjectChange(kind, last, New: null, _version));
            return last;
        }
    }

    /// <summary>Reads a value out of an object.</summary>
    public T Read<T>(StoredObject stored, Func<JsonObject, T> read)
    {
        lock (_gate)
        {
            return read(stored.Tree);
        }
    }

    /// <summary>Changes of a kind after a version, up to which they are known then, and what completes with the next one.</summary>
    /// <exception cref="ApiError">They are not known any more.</exception>
    public (IReadOnlyList<ObjectChange> Changes, long Version, Task Next) ReadAfter(ResourceKind kind, long version)
    {
        lock (_gate)
        {
            return version < _dropped
                ? throw ApiError.Expired(version, _dropped)
                : ([.. _history.Skip(FirstAfter(version)).Where(change => change.Kind == kind)], _version, _changed.Task);
        }
    }

    /// <summary>Forgets the whole history, as etcd does every five minutes with what is older.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _dropped = _version;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SortedDictionary<string, StoredObject> Of(ResourceKind kind)
    {
        if (!_objects.TryGetValue(kind, out var objects))
        {
            _objects[kind] = objects = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        }

        return objects;
    }

    private int FirstAfter(long version)
    {
        var (low, high) = (0, _history.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _history[middle].Version > version ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private StoredObject Put(ResourceKind kind, StoredObject? old, JsonObject tree)
    {
        var stored = new StoredObject(kind, tree, ++_version);
        Of(kind)[stored.Name] = stored;
        Tell(new ObjectChange(kind, old, stored, _version));
        return stored;
    }

    private void Tell(ObjectChange change)
    {
        _history.Add(change);
        if (_history.Count > 2 * keptChanges)
        {
            _dropped = _history[keptChanges - 1].Version;
            _history.RemoveRange(0, keptChanges);
        }

        Changed?.Invoke(change);
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}
