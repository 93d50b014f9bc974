using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Runner.Jobs.Errors;

namespace Runner.Services.S3;

/// <summary>A document as it was read or written.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Tag">Its object's tag.</param>
internal sealed record S3Document<T>(T Value, string Tag);

/// <summary>
/// Small JSON documents in a bucket, an object each, which several servers change. Who changes one says which he has read, and the bucket refuses whoever is late; he reads and tries again.
/// </summary>
/// <remarks>
/// A call whose answer was lost is made again, so that whoever finds the very bytes that he wanted to write has written them; it is the same where another one wrote them.
/// Where a bucket does not look at conditions, the callers of this process still wait for each other. Of two processes that write one document at the same moment the later one wins then.
/// </remarks>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What their keys begin with.</param>
/// <param name="type">How they are written.</param>
internal sealed class S3Documents<T>(S3Bucket bucket, string prefix, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary><see cref="InfrastructureException.Reason"/> of a document that cannot be read.</summary>
    public const string Unreadable = "unreadable";

    private const string Ending = ".json";
    private const int MostTries = 50;
    private const int GateCount = 64;

    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, GateCount).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Told of each document as it is now known to be; <c>null</c>: it is not there.</summary>
    public Action<string, S3Document<T>?>? Seen { get; init; }

    /// <summary>Reads a document; <c>null</c>: there is none.</summary>
    /// <exception cref="InfrastructureException">It cannot be read, or the bucket not be reached.</exception>
    public async Task<S3Document<T>?> FindAsync(string place, CancellationToken cancellationToken)
    {
        S3Document<T>? document = null;
        if (await bucket.GetAsync(KeyOf(place), cancellationToken) is var (body, tag))
        {
            document = new S3Document<T>(Read(place, body), tag);
        }

        Seen?.Invoke(place, document);
        return document;
    }

    /// <summary>The places of documents, of all whose places begin so, with their tags.</summary>
    public async Task<IReadOnlyList<(string Place, string Tag)>> ListAsync(string start, CancellationToken cancellationToken) =>
    [
        .. (await bucket.ListAsync(prefix + start, cancellationToken))
            .Where(item => item.Key.EndsWith(Ending, StringComparison.Ordinal))
            .Select(item => (start + item.Key[..^Ending.Length], item.Tag)),
    ];

    /// <summary>Writes a document where there is none; false where there is one.</summary>
    public async Task<bool> TryAddAsync(string place, T value, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        using var held = await HoldAsync(place, cancellationToken);
        if (!bucket.KeepsConditions && await FindAsync(place, cancellationToken) is not null)
        {
            return false;
        }

        if (await bucket.PutAsync(KeyOf(place), body, tag: null, cancellationToken) is { } tag)
        {
            Seen?.Invoke(place, new S3Document<T>(value, tag));
            return true;
        }

        // It may be this one: the call was made again because its answer was lost.
        return await bucket.GetAsync(KeyOf(place), cancellationToken) is var (present, presentTag) && IsWritten(place, value, body, present, presentTag);
    }

    /// <summary>Writes what is made of a document in its place; <c>null</c> where there is none or nothing is made of it.</summary>
    public async Task<T?> ChangeAsync(string place, Func<T, T?> change, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(place, cancellationToken);
        byte[]? written = null;
        T? changed = null;
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await bucket.GetAsync(KeyOf(place), cancellationToken) is not var (present, presentTag))
            {
                Seen?.Invoke(place, null);
                return null;
            }

            if (changed is not null && IsWritten(place, changed, written!, present, presentTag)) // both are set together
            {
                return changed;
            }

            var current = new S3Document<T>(Read(place, present), presentTag);
            changed = change(current.Value);
            if (changed is null)
            {
                Seen?.Invoke(place, current);
                return null;
            }

            written = JsonSerializer.SerializeToUtf8Bytes(changed, type);
            if (await bucket.PutAsync(KeyOf(place), written, presentTag, cancellationToken) is { } tag)
            {
                Seen?.Invoke(place, new S3Document<T>(changed, tag));
                return changed;
            }
        }

        throw Restless(place);
    }

    /// <summary>Deletes a document if it is still the one that is meant; false where it is not.</summary>
    public async Task<bool> RemoveAsync(string place, Func<T, bool> isMeant, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(place, cancellationToken);
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await FindAsync(place, cancellationToken) is not { } current || !isMeant(current.Value))
            {
                return false;
            }

            if (await bucket.DeleteAsync(KeyOf(place), current.Tag, cancellationToken))
            {
                Seen?.Invoke(place, null);
                return true;
            }
        }

        throw Restless(place);
    }

    /// <summary>Deletes a document, whatever it says and were it none of ours; one that is not there does not matter.</summary>
    public async Task DropAsync(string place, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(place, cancellationToken);
        await bucket.DeleteAsync(KeyOf(place), tag: null, cancellationToken);
        Seen?.Invoke(place, null);
    }

    private string KeyOf(string place) => prefix + place + Ending;

    private InfrastructureException Restless(string place) => new($"{bucket.Name}: '{KeyOf(place)}' is changed by others all the time");

    private bool IsWritten(string place, T value, byte[] written, byte[] present, string tag)
    {
        if (!written.AsSpan().SequenceEqual(present))
        {
            return false;
        }

        Seen?.Invoke(place, new S3Document<T>(value, tag));
        return true;
    }

    private T Read(string place, byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InfrastructureException($"{bucket.Name}: '{KeyOf(place)}' cannot be read, delete it if it is none of this version: {error.Message}", error) { Reason = Unreadable };
        }
    }

    private async Task<Hold> HoldAsync(string place, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)place.GetHashCode(StringComparison.Ordinal) % GateCount];
        await gate.WaitAsync(cancellationToken);
        return new Hold(gate);
    }

    private readonly struct Hold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
