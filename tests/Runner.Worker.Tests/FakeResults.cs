using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Runner.Protocol.Results;
using Runner.Testing.Http;

namespace Runner.Worker.Tests;

/// <summary>What a <see cref="FakeResults"/> does with a request instead of answering it well.</summary>
internal enum Mischief
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Answers 500 without doing it.</summary>
    Status500,

    /// <summary>Answers 429 without doing it.</summary>
    Status429,

    /// <summary>Answers 403 without doing it.</summary>
    Status403,

    /// <summary>Closes the connection without doing it.</summary>
    CutBefore,

    /// <summary>Does it and closes the connection.</summary>
    CutAfter,
}

/// <summary>
/// A results service and Azure's append blobs behind it, as far as a reporter sees them: a block is taken only where
/// <c>x-ms-blob-condition-appendpos</c> fits (412 else), a sealed blob takes none (409), creating a blob replaces it.
/// </summary>
internal sealed class FakeResults
{
    private readonly FakeSite _site;
    private readonly ConcurrentDictionary<string, Blob> _blobs = new();
    private readonly ConcurrentDictionary<string, AsyncCounter> _requests = new();
    private int _number;

    public FakeResults(FakeHttpServer server) => _site = server.Open(AnswerAsync);

    public Uri Address => _site.Address;

    /// <summary>Chooses the mischief for a request: its number from 1, and what it is (<c>url</c>, <c>create</c>, <c>append</c>, <c>put</c>, <c>metadata</c>, <c>steps</c>).</summary>
    public Func<int, string, Mischief> Misbehave { get; set; } = (_, _) => Mischief.None;

    /// <summary>Whether addresses are said to be Azure's.</summary>
    public bool IsAzure { get; init; } = true;

    /// <summary>Whether the storage minds the append condition.</summary>
    public bool HasCondition { get; init; } = true;

    /// <summary>Whether the storage answers an append with its offset.</summary>
    public bool HasOffset { get; init; } = true;

    /// <summary>Awaited before a request is answered, whose kind it gets.</summary>
    public Func<string, Task> Answering { get; set; } = _ => Task.CompletedTask;

    /// <summary>How long a signed address says that it is good; <c>null</c>: it does not say.</summary>
    public TimeSpan? SignatureLife { get; init; }

    /// <summary>Clock of signatures.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What was done, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<StepsUpdateRequest> Updates { get; } = new();

    /// <summary>Lines that the metadata told, by log.</summary>
    public ConcurrentDictionary<string, long> LineCounts { get; } = new();

    /// <summary>Set whenever a block arrived.</summary>
    public AsyncCounter Blocks { get; } = new();

    /// <summary>Requests of a kind that came so far.</summary>
    public AsyncCounter Requests(string kind) => _requests.GetOrAdd(kind, _ => new AsyncCounter());

    /// <summary>Lets a clock run until so many requests of a kind have come.</summary>
    public async Task AdvanceUntilAsync(FakeTimeProvider time, string kind, int count, CancellationToken cancellationToken)
    {
        while (Requests(kind).Count < count)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken); // for the wire
        }
    }

    public string Text(string log) => _blobs.TryGetValue(log, out var blob) ? Encoding.UTF8.GetString(blob.Bytes.ToArray()) : string.Empty;

    public bool Has(string log) => _blobs.ContainsKey(log);

    public void Forget(string log) => _blobs.TryRemove(log, out _);

    public bool IsSealed(string log) => _blobs[log].IsSealed;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        var what = What(context.Request, path);
        Requests(what).Increment();
        await Answering(what);
        switch (Misbehave(Interlocked.Increment(ref _number), what))
        {
            case Mischief.Status500:
                context.Response.StatusCode = 500;
                return;
            case Mischief.Status429:
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "0";
                return;
            case Mischief.Status403:
                context.Response.StatusCode = 403;
                return;
            case Mischief.CutBefore:
                context.Abort();
                return;
            case Mischief.CutAfter:
                Do(context, path, what);
                context.Abort();
                return;
        }

        var (status, json) = Do(context, path, what);
        context.Response.StatusCode = status;
        if (json is not null)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(json, context.RequestAborted);
        }
    }

    private static string What(HttpRequest request, string path) => path switch
    {
        _ when path.EndsWith("SignedBlobURL", StringComparison.Ordinal) => "url",
        _ when path.EndsWith("Metadata", StringComparison.Ordinal) => "metadata",
        _ when path.EndsWith("WorkflowStepsUpdate", StringComparison.Ordinal) => "steps",
        _ when request.Query.ContainsKey("comp") => "append",
        _ when request.Headers["x-ms-blob-type"] == "AppendBlob" || request.ContentLength == 0 => "create",
        _ => "put",
    };

    private (int Status, string? Json) Do(HttpContext context, string path, string what)
    {
        using var reader = new MemoryStream();
        context.Request.Body.CopyTo(reader);
        var body = reader.ToArray();
        switch (what)
        {
            case "url":
                return (200, SignedAddress(path, body));
            case "metadata":
                var metadata = JsonDocument.Parse(body).RootElement;
                Calls.Enqueue("metadata " + LogOf(body));
                LineCounts[LogOf(body)] = metadata.TryGetProperty("line_count", out var lines) ? lines.GetInt64() : -1;
                return (200, """{"ok":true}""");
            case "steps":
                Updates.Enqueue(JsonSerializer.Deserialize(body, ResultsJson.Default.StepsUpdateRequest)!);
                return (200, """{"ok":true}""");
        }

        var log = path.Split('/')[^1];
        lock (_blobs)
        {
            Calls.Enqueue($"{what} {log}");
            if (what is "create" or "put")
            {
                _blobs[log] = new Blob { Bytes = [.. body] };
                Blocks.Increment();
                return (201, null);
            }

            return (Append(context, log, body), null);
        }
    }

    private int Append(HttpContext context, string log, byte[] body)
    {
        if (!_blobs.TryGetValue(log, out var blob))
        {
            return 404;
        }

        if (blob.IsSealed)
        {
            return 409;
        }

        if (body.Length == 0 && IsAzure)
        {
            return 400;
        }

        var condition = context.Request.Headers["x-ms-blob-condition-appendpos"].ToString();
        if (HasCondition && condition.Length > 0 && long.Parse(condition, CultureInfo.InvariantCulture) != blob.Bytes.Count)
        {
            return 412;
        }

        if (HasOffset)
        {
            context.Response.Headers["x-ms-blob-append-offset"] = blob.Bytes.Count.ToString(CultureInfo.InvariantCulture);
        }

        blob.Bytes.AddRange(body);
        blob.IsSealed = context.Request.Query.ContainsKey("seal");
        Blocks.Increment();
        return 201;
    }

    private string SignedAddress(string path, byte[] body)
    {
        var name = path.Contains("Summary", StringComparison.Ordinal) ? "summary_url" : "logs_url";
        var storage = IsAzure ? BlobStorageTypes.Azure : BlobStorageTypes.Unspecified;
        var end = SignatureLife is { } life ? $"&se={Uri.EscapeDataString((Time.GetUtcNow() + life).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))}" : "";
        return $$"""{"{{name}}":"{{new Uri(_site.Address, "blobs/" + LogOf(body))}}?sig=x{{end}}","blob_storage_type":"{{storage}}"}""";
    }

    private static string LogOf(byte[] body) =>
        JsonDocument.Parse(body).RootElement.TryGetProperty("step_backend_id", out var step) ? step.GetString()! : "job";

    private sealed class Blob
    {
        public required List<byte> Bytes { get; init; }

        public bool IsSealed { get; set; }
    }
}
