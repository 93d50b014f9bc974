using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Runner.Services.Caches;
using Runner.Services.S3;

namespace Runner.Services.Tests.S3;

/// <summary>Documents that several processes change, and records that are made of them.</summary>
public sealed partial class S3DocumentTests(S3Server s3) : IDisposable
{
    private readonly ListLogger _log = new();
    private S3Bucket _bucket = null!; // NewDocuments sets it

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task No_change_of_two_processes_is_lost()
    {
        var (one, two) = (NewDocuments(), NewDocuments());
        await one.TryAddAsync("a", new Number(0), Token);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).ChangeAsync("a", number => new Number(number.Value + 1, i), Token)));

        Assert.Equal(40, (await one.FindAsync("a", Token))?.Value.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_there_is_not_added_and_what_is_not_is_neither_changed_nor_removed()
    {
        var documents = NewDocuments();

        Assert.Null(await documents.ChangeAsync("a", number => number, Token));
        Assert.False(await documents.RemoveAsync("a", _ => true, Token));
        Assert.True(await documents.TryAddAsync("a", new Number(1), Token));
        Assert.False(await documents.TryAddAsync("a", new Number(2), Token));
        Assert.True(await documents.TryAddAsync("a", new Number(1), Token)); // the same call, whose answer was lost
        Assert.False(await documents.RemoveAsync("a", number => number.Value == 2, Token));
        Assert.True(await documents.RemoveAsync("a", number => number.Value == 1, Token));
        Assert.Null(await documents.FindAsync("a", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Record_that_cannot_be_read_keeps_its_neighbours_served_and_all_bytes_where_they_are()
    {
        var records = NewRecords();
        var cache = Cache("npm-1");
        await records.TryAddAsync(cache, Token);
        var place = CacheRecord.PlaceOf("acme/site", "refs/heads/main", "v");
        await _bucket.PutAsync($"records/{place}other.json", Encoding.UTF8.GetBytes("garbage"), tag: null, Token);

        Assert.Equal([cache], await records.ListAsync(place, Token));
        Assert.Equal([cache], await records.ListAsync(string.Empty, Token));
        Assert.False(records.KnowsAll);
        await records.ListAsync(string.Empty, Token);

        Assert.Contains("other.json' cannot be read, delete it if it is none of this version", Assert.Single(_log.Lines), StringComparison.Ordinal);
        await _bucket.DeleteAsync($"records/{place}other.json", tag: null, Token);
        await records.ListAsync(string.Empty, Token);
        Assert.True(records.KnowsAll);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_another_process_did_is_known_after_a_listing()
    {
        var (one, two) = (NewRecords(), NewRecords());
        await one.TryAddAsync(Cache("npm-1"), Token);
        Assert.Empty(two.Known);

        await two.ListAsync(string.Empty, Token);
        Assert.Equal(["npm-1"], two.Known.Select(cache => cache.Key));
        await one.RemoveAsync(CacheRecord.PlaceOf("acme/site", "refs/heads/main", "v", "npm-1"), _ => true, Token);
        await two.ListAsync(string.Empty, Token);
        Assert.Empty(two.Known);
    }

    [Fact]
    public void Numbers_rise_whatever_the_clock_does_and_are_safe_in_JavaScript()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var records = NewRecords(time);

        var ids = Enumerable.Range(0, 100).Select(_ => records.NextId()).ToList();

        Assert.Equal(ids.Order().Distinct(), ids);
        Assert.InRange(ids[^1], 1, (1L << 53) - 1);
    }

    public void Dispose() => _bucket?.Dispose();

    private static CacheRecord Cache(string key) => new()
    {
        Id = 1, Repository = "acme/site", Scope = "refs/heads/main", Key = key, Version = "v", CreatedAt = DateTimeOffset.UnixEpoch, UsedAt = DateTimeOffset.UnixEpoch,
    };

    private S3Bucket Bucket() => _bucket ??= new S3Bucket(s3.NewPlace());

    private S3Documents<Number> NewDocuments() => new(Bucket(), "numbers/", NumberJson.Default.Number);

    private S3Records<CacheRecord> NewRecords(TimeProvider? time = null) => new(Bucket(), "records/", CacheJson.Default.CacheRecord, time ?? TimeProvider.System) { Logger = _log };

    private sealed class ListLogger : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }

    internal sealed record Number(int Value, int By = 0);

    [JsonSerializable(typeof(Number))]
    internal sealed partial class NumberJson : JsonSerializerContext;
}
